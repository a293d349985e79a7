"""Ask Prometheus and Elasticsearch every question of every Grafana dashboard; name those without an answer.

Needs no Grafana: variables are set to "All", as on opening a dashboard. Panels of alerts and of complaints
may be empty.

Example:
    python scripts/panels.py --since 1h
    python scripts/panels.py --prometheus https://127.0.0.1:9090 --allow-empty sharpe --json
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from generators.grafana import dashboards
from generators.spec.promql import duration
from operate import catalogue, certificates, trust
from operate.errors import StackError
from operate.paths import SECRETS
from operate.progress import Progress
from operate.questions import DATA, EMPTY, STREAM, Answer, Asker, check, unreachable

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "compose/secrets/es_amaie_reader_password"  # noqa: S105  # a path
WIDTH = 120  # of a query in the table; --json has it whole


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0 if every query has its answer, 1 if not, 2 if it could not be asked."""
    options = parse(arguments)
    try:
        answers = ask(options)
    except (OSError, ValueError, StackError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps([{**asdict(answer), "good": answer.good} for answer in answers], indent=2))
    else:
        show(answers, Console())
    return int(any(not answer.good for answer in answers))


def ask(options: argparse.Namespace) -> list[Answer]:
    """Return every answer; raise `OSError` or `ValueError` if nothing can be asked."""
    try:
        password = options.password_file.read_text(encoding="utf-8").strip()
        since = duration(options.since).total_seconds()
    except (OSError, ValueError) as error:
        cure = "start the stack (make up), or give --password-file and --since"
        raise ValueError(f"{error}; cure: {cure}") from error
    login = (options.user, password)
    with (
        trust.monitoring(options.prometheus) as prometheus,
        trust.client(options.elasticsearch, login, authority=options.ca_file) as elasticsearch,
    ):
        wrong = unreachable(prometheus, "/-/ready", "--prometheus") or unreachable(
            elasticsearch, f"/{STREAM}/_count", "--elasticsearch, --user and --password-file"
        )
        if wrong:
            raise ValueError(wrong)
        with Progress().step("Asking every dashboard's questions"):
            answers = check(options.dashboards, Asker(prometheus, elasticsearch, since))
    return [excused(answer, options.allow_empty) for answer in answers]


def excused(answer: Answer, pattern: str) -> Answer:
    """Return an answer that may be empty if the pattern finds its panel or its query."""
    found = bool(pattern) and re.search(pattern, f"{answer.panel}\n{answer.query}") is not None
    return replace(answer, allowed=answer.allowed or found)


def show(answers: list[Answer], console: Console) -> None:
    """Print what has no answer as a table, and one sentence about the rest."""
    wrong = [answer for answer in answers if not answer.good]
    if wrong:
        table = Table("Dashboard", "Panel", "State", "Why, or the query")
        for answer in wrong:
            why = answer.detail or answer.query
            table.add_row(answer.dashboard, answer.panel, answer.state, why[:WIDTH])
        console.print(table, markup=False)
    quiet = sum(answer.state == EMPTY and answer.allowed for answer in answers)
    console.print(
        f"{len(answers)} queries: {sum(a.state == DATA for a in answers)} with data, "
        f"{quiet} rightly empty, {len(wrong)} without an answer."
    )


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options of the command line."""
    summary, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prometheus", default=catalogue.url("prometheus"), help="address of Prometheus")
    parser.add_argument(
        "--elasticsearch", default=catalogue.url("elasticsearch"), help="address of Elasticsearch"
    )
    parser.add_argument("--user", default="amaie_reader", help="user of Elasticsearch")
    parser.add_argument("--password-file", type=Path, default=ROOT / PASSWORD, help="file with its password")
    parser.add_argument(
        "--ca-file",
        type=Path,
        default=SECRETS / certificates.STACK.certificate,
        help="the authority to trust",
    )
    parser.add_argument(
        "--dashboards", type=Path, default=ROOT / dashboards.FOLDER, help="folder of dashboards"
    )
    parser.add_argument("--since", default="30m", help="how far back, in Prometheus' notation (30m)")
    parser.add_argument(
        "--allow-empty", default="", metavar="REGEX", help="panels or queries that may be empty as well"
    )
    parser.add_argument("--json", action="store_true", help="every answer, for a machine")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
