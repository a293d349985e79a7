"""The command line: a subcommand for each thing that a shipper does, one group of login options for all."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from amaie_ingest import audit, client, commands, elasticsearch_setup, kibana_setup

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[[argparse.Namespace, client.Login], int]

PROGRAM = "python -m amaie_ingest"
ABOUT = """\
Bring JSON log files into Elasticsearch: checked, redacted, each record exactly once.

Records that keep the contract of spec/logs.yaml go to logs-amaie-<namespace>, all others, with the reason, to
logs-amaie.rejected-<namespace>.
"""
CODES = "Exit codes: 0 good, 1 findings, 2 could not be done (said on stderr)."
ELASTICSEARCH = ("AMAIE_ELASTICSEARCH_URL", "https://127.0.0.1:9200")
KIBANA = ("AMAIE_KIBANA_URL", "https://127.0.0.1:5601")
TEXT = "AMAIE_TEXT"
LOGSTASH = "AMAIE_LOGSTASH_URL"
TEMPLATES, OBJECTS = Path("elasticsearch/generated"), Path("kibana/generated/objects.ndjson")
"""What `make generate` writes, below `HOME`."""

HOME = Path(__file__).resolve().parents[2]
"""The folder that holds src/: the repository, or /opt/amaie in a container."""


def login(options: argparse.Namespace) -> client.Login:
    """Return where to sign in, as whom, and where the password is."""
    secret = options.password_file or client.password_file(options.user)
    return client.Login(options.url, options.user, secret, options.ca_file)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; `run` of its result does what was asked for."""
    whole = argparse.ArgumentParser(
        prog=PROGRAM,
        description=ABOUT,
        epilog=f"Each command has its own --help. {CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subcommands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Run, user: str, about: str, example: str) -> argparse.ArgumentParser:
        one = subcommands.add_parser(
            name,
            help=about,
            description=f"{about[0].upper()}{about[1:]}.",
            epilog=f"Example:\n    {PROGRAM} {name} {example}\n\n{CODES}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.set_defaults(run=run)
        _login_group(one, user, KIBANA if name == "kibana-setup" else ELASTICSEARCH)
        return one

    example = "/var/log/amaie --state /var/lib/amaie --metrics-port 9104"
    one = add("follow", commands.follow, "amaie_writer", "go on shipping what services write", example)
    one.add_argument(
        "folder",
        type=Path,
        help="the folder of *.jsonl files, or of folders with such files",
    )
    one.add_argument("--metrics-port", type=int, help="serve /metrics and /healthz here")
    one.add_argument(
        "--logstash",
        default=os.environ.get(LOGSTASH, ""),
        metavar="URL",
        help=f"hand all lines to this input of Logstash (default: ${LOGSTASH}, else to Elasticsearch)",
    )
    _state(one)
    _text(one)
    _namespace(one)

    one = add("backfill", commands.backfill, "amaie_writer", "ship files once", "old/*.jsonl --dry-run")
    one.add_argument("paths", nargs="+", type=Path, help="files, or folders with *.jsonl files")
    _dry_run(one, "send nothing, only say what would be rejected, and why")
    _state(one)
    _text(one)
    _namespace(one)

    one = add("replay", commands.replay, "amaie_operator", "let rejected records in after a fix", "--dry-run")
    _dry_run(one, "change nothing, only say how many records keep the contract now")
    _namespace(one)

    one = add("audit", audit.run, "amaie_operator", "prove that no record was lost", "/var/log/amaie")
    one.add_argument("paths", nargs="*", type=Path, help="also compare with these files that services wrote")
    one.add_argument("--json", action="store_true", help="print the account as JSON")
    _state(one)
    _text(one)
    _namespace(one)

    about = "put index templates in place and bring existing streams up to date"
    one = add("elasticsearch-setup", elasticsearch_setup.run, "amaie_setup", about, "--wait 300")
    one.add_argument("--templates", type=Path, default=HOME / TEMPLATES, help=f"default: {TEMPLATES}")
    _wait(one, 120)

    about = "import the data views, searches and the log overview into Kibana"
    one = add("kibana-setup", kibana_setup.run, "amaie_operator", about, "--wait 300")
    one.add_argument("--objects", type=Path, default=HOME / OBJECTS, help=f"default: {OBJECTS}")
    _wait(one, 300)
    return whole


def _login_group(one: argparse.ArgumentParser, user: str, address: tuple[str, str]) -> None:
    variable, default = address
    group = one.add_argument_group("login")
    group.add_argument(
        "--url", default=os.environ.get(variable, default), help=f"default: ${variable}, else {default}"
    )
    group.add_argument("--user", default=user, help="default: %(default)s")
    group.add_argument(
        "--ca-file",
        type=Path,
        help="the authority to trust (default: the stack's if there is one, else public ones)",
    )
    group.add_argument("--password-file", type=Path, help="default: the one that make up has written")


def _state(one: argparse.ArgumentParser) -> None:
    one.add_argument("--state", type=Path, help="folder of the positions (without: from the start)")


def _namespace(one: argparse.ArgumentParser) -> None:
    one.add_argument("--namespace", default="default", help="of the data streams (default: %(default)s)")


def _text(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--text",
        type=lambda names: frozenset(names.split()),
        default=os.environ.get(TEXT, ""),
        metavar="SERVICES",
        help=f"whose files may hold plain text, in quotes (default: ${TEXT})",
    )


def _dry_run(one: argparse.ArgumentParser, about: str) -> None:
    one.add_argument("--dry-run", action="store_true", help=about)


def _wait(one: argparse.ArgumentParser, seconds: float) -> None:
    one.add_argument("--wait", type=float, default=seconds, help="seconds, at most (default: %(default)s)")
