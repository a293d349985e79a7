"""The shipper's command line: six commands, one group of login options, exit code 2 for wrong usage."""

from __future__ import annotations

from pathlib import Path

import pytest

from amaie_ingest import options
from amaie_ingest.__main__ import main

COMMANDS = {
    "follow": ["logs"],
    "backfill": ["old.jsonl"],
    "replay": [],
    "audit": [],
    "elasticsearch-setup": [],
    "kibana-setup": [],
}
"""Every command with the arguments that it cannot do without."""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_the_same_login(command: str) -> None:
    """Address, user and the file with the password, under one name everywhere."""
    given = ["--url", "http://es:9200", "--user", "somebody", "--password-file", "secret"]
    login = options.login(options.parser().parse_args([command, *COMMANDS[command], *given]))
    assert (login.url, login.user, login.password_file) == ("http://es:9200", "somebody", Path("secret"))


@pytest.mark.parametrize(
    ("command", "user"),
    [
        ("follow", "amaie_writer"),
        ("backfill", "amaie_writer"),
        ("replay", "amaie_operator"),
        ("audit", "amaie_operator"),
        ("elasticsearch-setup", "amaie_setup"),
        ("kibana-setup", "amaie_operator"),
    ],
)
def test_each_command_signs_in_with_as_few_rights_as_it_needs(command: str, user: str) -> None:
    """Without options it is the user of the stack that may do just this, with the password of make up."""
    login = options.login(options.parser().parse_args([command, *COMMANDS[command]]))
    assert (login.user, login.password_file.name) == (user, f"es_{user}_password")


def test_the_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container is told where its neighbours are; Kibana's address is another one than Elasticsearch's."""
    monkeypatch.setenv("AMAIE_ELASTICSEARCH_URL", "http://elasticsearch:9200")
    monkeypatch.setenv("AMAIE_KIBANA_URL", "http://kibana:5601")
    parser = options.parser()
    assert parser.parse_args(["audit"]).url == "http://elasticsearch:9200"
    assert parser.parse_args(["kibana-setup"]).url == "http://kibana:5601"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With an example that it takes itself, and what its exit codes mean."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    example = said.partition(f"Example:\n    {options.PROGRAM} ")[2].partition("\n")[0]
    assert options.parser().parse_args(example.split()).command == command
    assert options.CODES in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["follow"], "the following arguments are required: folder"),
        (["backfill"], "the following arguments are required: paths"),
        (["replay", "old.jsonl"], "unrecognized arguments: old.jsonl"),
        (["follow", "logs", "--dry-run"], "unrecognized arguments: --dry-run"),
    ],
)
def test_wrong_usage_gets_one_sentence_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As every command-line tool does."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: {message}\n")


@pytest.mark.parametrize("command", ["replay", "audit", "elasticsearch-setup", "kibana-setup"])
def test_what_cannot_be_done_is_said_with_exit_code_2(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was found, good or bad: exit code 1 is for findings."""
    monkeypatch.setattr("amaie_ingest.audit.SETTLED", 0.0)
    secret = tmp_path / "none"
    assert main([command, "--password-file", str(secret)]) == 2
    assert capsys.readouterr().err == (
        f"{command}: cannot read the password file {secret} (No such file or directory); "
        "name the right file with --password-file\n"
    )


@pytest.mark.parametrize("command", ["follow", "backfill", "audit"])
def test_who_writes_plain_text_is_said_once_for_all(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the option, or by the variable that `make up` sets; otherwise nobody does."""
    given = [command, *COMMANDS[command]]
    monkeypatch.delenv("AMAIE_TEXT", raising=False)
    assert not options.parser().parse_args(given).text
    monkeypatch.setenv("AMAIE_TEXT", "a b")
    assert options.parser().parse_args(given).text == {"a", "b"}
    assert options.parser().parse_args([*given, "--text", "c"]).text == {"c"}
