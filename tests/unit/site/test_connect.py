"""`make connect` and `make init` write a good site.yaml or none."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

import connect
import init
from generators.spec.strict_yaml import SpecError
from operate.errors import StackError
from operate.site import load

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from generators.spec.model import Model


def options(*arguments: str) -> Namespace:
    """Return the options of a command line."""
    return connect._parser().parse_args(["--name", "btc-bot", *arguments])


def test_a_service_and_its_logs_are_added(tmp_path: Path, model: Model) -> None:
    """Without a file there is one afterwards; a folder that it names already is not named twice."""
    path = tmp_path / "site.yaml"
    connect.write(options("--port", "9301", "--logs", str(tmp_path)), path)
    second = connect._parser().parse_args(
        ["--name", "eth", "--container", "eth:1", "--network", "other", "--logs", str(tmp_path)]
    )
    connect.write(second, path)
    site = load.read(path, model.spec)
    assert [(one.name, one.role) for one in site.services] == [
        ("btc-bot", "amaie-trader"),
        ("eth", "amaie-trader"),
    ]
    assert (site.services[0].host, site.services[1].network) == (9301, "other")
    assert site.logs == (str(tmp_path),)


def test_a_service_that_would_break_the_site_is_not_added(tmp_path: Path) -> None:
    """The problem names site.yaml, and the file is as it was, byte for byte."""
    path = tmp_path / "site.yaml"
    path.write_text("services: [{name: btc-bot, role: launcher, host: 1}] # mine\n")
    with pytest.raises(SpecError) as error:
        connect.write(options("--port", "9301"), path)
    assert str(error.value) == (
        "site.yaml:1: services[btc-bot].name: the name 'btc-bot' stands twice; give one of them another name"
    )
    assert path.read_text() == "services: [{name: btc-bot, role: launcher, host: 1}] # mine\n"
    assert [one.name for one in tmp_path.iterdir()] == ["site.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "which service? cure: make connect NAME=btc-bot PORT=9301 LOGS=/srv/bots/logs\n"),
        (["--name", "a"], "where is a? cure: say PORT=9301 (a process of this machine), "),
    ],
)
def test_what_is_not_said_is_asked_for(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is written; exit code 2."""
    assert connect.main(arguments) == 2
    assert capsys.readouterr().err.startswith(said)


def test_a_file_that_is_not_yaml_is_told(tmp_path: Path) -> None:
    """In one sentence."""
    path = tmp_path / "site.yaml"
    path.write_text("a: [")
    with pytest.raises(StackError, match=r"^site.yaml is not YAML \("):
        connect.write(options("--port", "9301"), path)


def test_the_defaults_make_a_site_that_is_good_and_explains_itself(tmp_path: Path, model: Model) -> None:
    """`make init YES=1` leaves every key as a comment."""
    path = tmp_path / "site.yaml"
    init.write(path, init.EXAMPLE.read_text(), {}, model.spec)
    assert load.read(path, model.spec).model_fields_set == {"version"}
    with pytest.raises(StackError) as error:
        init.write(path, "", {}, model.spec)
    assert str(error.value) == "site.yaml exists already; cure: edit it, or move it away first"


def test_answers_stand_in_the_file(tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what differs from the defaults is written."""
    said = io.StringIO("0.1\n\n0.025\nhttps://amaie.example\nslack\n")
    monkeypatch.setattr("sys.stdin", said)
    monkeypatch.setattr("rich.prompt.get_console", lambda: Console(file=io.StringIO()))
    answers = init.ask(model.spec)
    path = tmp_path / "site.yaml"
    init.write(path, init.EXAMPLE.read_text(), answers, model.spec)
    site = load.read(path, model.spec)
    assert site.links.dashboard == "https://amaie.example"
    assert list(site.channels.configured()) == ["slack"]
    assert site.limits
    assert set(site.limits) < set(init.ASKED)


def test_answers_that_do_not_fit_together_write_nothing(tmp_path: Path, model: Model) -> None:
    """The line is that of the file which would have been."""
    answers: dict[str, object] = {"limits": {"daily_loss_critical_ratio": 5}}
    with pytest.raises(SpecError, match=r"^site.yaml:\d+: limits.daily_loss_critical_ratio: 5 is more than"):
        init.write(tmp_path / "site.yaml", init.EXAMPLE.read_text(), answers, model.spec)
    assert list(tmp_path.iterdir()) == []
