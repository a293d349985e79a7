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
    path.write_text("services: [{name: eth, role: launcher, host: 9301}] # mine\n")
    with pytest.raises(SpecError) as error:
        connect.write(options("--port", "9301"), path)
    assert str(error.value) == (
        "site.yaml:1: services[btc-bot]: the page 'host.docker.internal:9301/metrics' stands twice; "
        "every figure of it would count twice, so name one service for it"
    )
    assert path.read_text() == "services: [{name: eth, role: launcher, host: 9301}] # mine\n"
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
    """In one sentence, as is one that is not text or a folder."""
    path = tmp_path / "site.yaml"
    for content, said in ((b"a: [", "is not YAML"), (b"a: \xff", "is not UTF-8 text")):
        path.write_bytes(content)
        with pytest.raises(SpecError, match=f"^site.yaml:[12]: this.* {said}"):
            connect.write(options("--port", "9301"), path)
    path.unlink()
    path.mkdir()
    with pytest.raises(SpecError, match=r"^site.yaml:1: this file cannot be read \(Is a directory\)"):
        connect.write(options("--port", "9301"), path)


def test_a_service_that_is_there_already_is_connected_again(tmp_path: Path) -> None:
    """After a wrong port the same command is right once the file is; another one says what stands there."""
    path = tmp_path / "site.yaml"
    connect.write(options("--port", "9302"), path)
    before = path.read_text()
    connect.write(options("--port", "9302"), path)
    assert path.read_text() == before
    with pytest.raises(StackError) as error:
        connect.write(options("--port", "9301"), path)
    assert str(error.value) == (
        "btc-bot stands in site.yaml already, with host: 9302; cure: correct it there and run this again, "
        "or give another NAME"
    )


@pytest.mark.parametrize("text", ["{version: 1}\n", "version: 1\n...\n"])
def test_a_file_that_nothing_can_be_added_to_stays(text: str, tmp_path: Path) -> None:
    """It is good YAML: the person is told what to write, not that the file is wrong."""
    path = tmp_path / "site.yaml"
    path.write_text(text)
    with pytest.raises(StackError) as error:
        connect.write(options("--port", "9301"), path)
    assert str(error.value) == (
        "site.yaml cannot be added to; cure: write into its list services: "
        "{name: btc-bot, role: amaie-trader, host: 9301}"
    )
    assert path.read_text() == text


def test_a_link_stays_a_link_and_a_mode_stays(tmp_path: Path) -> None:
    """The file may live in a repository of its own, closed to others; comments alone are no wrong site."""
    (tmp_path / "mine").mkdir()
    kept, path = tmp_path / "mine" / "amaie.yaml", tmp_path / "site.yaml"
    kept.write_text("version: 1 # mine\n")
    kept.chmod(0o600)
    path.symlink_to(kept)
    connect.write(options("--port", "9301"), path)
    assert path.is_symlink()
    assert "btc-bot" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600
    path.unlink()
    path.write_text("# one day\n")
    connect.write(options("--port", "9301"), path)
    assert path.read_text().startswith("version: 1\n")


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, model: Model) -> None:
    """Root may write everywhere, but not below a file."""
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match=r"^site.yaml cannot be written \(Not a directory\); cure: "):
        init.write(tmp_path / "file" / "site.yaml", "version: 1\n", {}, model.spec)


def test_the_defaults_make_a_site_that_is_good_and_explains_itself(tmp_path: Path, model: Model) -> None:
    """`make init YES=1` leaves every key as a comment."""
    path = tmp_path / "site.yaml"
    init.write(path, init.EXAMPLE.read_text(), {}, model.spec)
    assert load.read(path, model.spec).model_fields_set == {"version"}


def test_a_site_that_is_there_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five answers for nothing would be rude."""
    path = tmp_path / "site.yaml"
    path.touch()
    monkeypatch.setattr(init, "SITE", path)
    monkeypatch.setattr(init, "ask", lambda _: pytest.fail("asked"))
    assert init.main([]) == 2
    assert capsys.readouterr().err == "site.yaml exists already; cure: edit it, or move it away first\n"


def test_nobody_who_answers_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script without a terminal, or Ctrl-C."""
    monkeypatch.setattr(init, "SITE", tmp_path / "site.yaml")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert init.main([]) == 2
    assert capsys.readouterr().err == (
        "\nThe questions were not answered, and nothing was written; cure: make init YES=1\n"
    )
    assert list(tmp_path.iterdir()) == []


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
