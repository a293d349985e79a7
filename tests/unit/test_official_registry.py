"""Tests against official images are skipped for two reasons only, and the reason can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration.official.registry import Registry
from operate import build, pins
from operate.errors import StackError
from support import engine_lab
from support.engine_lab import ABSENT, HAD, LIMITED, SILENT, Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGSTASH = pins.read()["LOGSTASH_IMAGE"]


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Yield an engine that has no image."""
    with engine_lab.running() as running:
        yield running


@pytest.fixture
def pulled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list of what is pulled; a pull itself needs a registry."""
    names: list[str] = []
    monkeypatch.setattr(build, "pull", lambda _client, name, _progress: names.append(name))
    return names


@pytest.mark.parametrize("wanted", ["auto", "official"])
def test_an_image_that_its_registry_has_is_pulled(engine: Engine, pulled: list[str], wanted: str) -> None:
    """Then its tests run, whatever becomes of them."""
    engine.answer = HAD
    assert Registry(engine.client, wanted).image("logstash") == LOGSTASH
    assert pulled == [LOGSTASH]


@pytest.mark.parametrize(
    ("answer", "why"), [(SILENT, "no registry answers"), (ABSENT, "its registry does not have it")]
)
def test_an_image_that_cannot_be_had_skips_its_tests_and_says_why(
    engine: Engine, pulled: list[str], answer: tuple[int, str], why: str
) -> None:
    """The reason names the image."""
    engine.answer = answer
    with pytest.raises(pytest.skip.Exception) as skipped:
        Registry(engine.client, "auto").image("logstash")
    assert skipped.value.msg == f"{LOGSTASH} cannot be pulled: {why}"
    assert pulled == []


@pytest.mark.parametrize("answer", [LIMITED, (500, "no space left on device")])
def test_any_other_trouble_is_an_error_and_no_skip(
    engine: Engine, pulled: list[str], answer: tuple[int, str]
) -> None:
    """So a skip hides nothing but a missing image."""
    engine.answer = answer
    with pytest.raises(StackError, match=rf"^{LOGSTASH} cannot be asked for "):
        Registry(engine.client, "auto").image("logstash")
    assert pulled == []


def test_an_engine_that_is_gone_is_an_error_and_no_skip(engine: Engine) -> None:
    """Without an engine no integration test runs; these say so as all others do."""
    engine.stop()
    with pytest.raises(StackError, match=rf"^the Docker engine cannot be asked for {LOGSTASH} "):
        Registry(engine.client, "auto").image("logstash")


def test_a_pull_that_fails_is_an_error_and_no_skip(engine: Engine) -> None:
    """The registry has the image and the engine cannot fetch it: a full disk, a broken connection."""
    engine.answer = HAD
    with pytest.raises(StackError, match=rf"^{LOGSTASH} cannot be pulled "):
        Registry(engine.client, "auto").image("logstash")


def test_whoever_wants_official_images_gets_no_skip(engine: Engine) -> None:
    """IMAGES=official is a demand."""
    engine.answer = SILENT
    message = rf"^{LOGSTASH} cannot be pulled: no registry answers; cure: use IMAGES=auto to skip its tests$"
    with pytest.raises(StackError, match=message):
        Registry(engine.client, "official").image("logstash")


def test_whoever_wants_packages_is_not_made_to_wait_for_a_registry(engine: Engine) -> None:
    """IMAGES=packages is an answer already."""
    with pytest.raises(pytest.skip.Exception) as skipped:
        Registry(engine.client, "packages").image("logstash")
    assert skipped.value.msg == f"{LOGSTASH} is not tested: IMAGES=packages"
    assert engine.asked == []


def test_a_silent_registry_is_asked_once(engine: Engine) -> None:
    """A network that swallows packets would make every image wait for its end."""
    engine.answer = SILENT
    registry = Registry(engine.client, "auto")
    for service in ("logstash", "grafana", "kibana", "logstash"):
        with pytest.raises(pytest.skip.Exception, match="no registry answers"):
            registry.image(service)
    assert engine.asked == [LOGSTASH]


def test_an_image_that_is_here_is_taken_beside_a_silent_registry(engine: Engine, pulled: list[str]) -> None:
    """One that was loaded by hand is tested, whatever was asked before."""
    engine.answer, engine.here = SILENT, {pins.read()["KIBANA_IMAGE"]}
    registry = Registry(engine.client, "auto")
    with pytest.raises(pytest.skip.Exception):
        registry.image("logstash")
    assert registry.image("kibana") == pins.read()["KIBANA_IMAGE"]
    assert pulled == [pins.read()["KIBANA_IMAGE"]]


def test_skips_are_in_the_summary_of_every_run(pytestconfig: pytest.Config) -> None:
    """`-ra` prints the reason of everything that did not pass."""
    assert "-ra" in pytestconfig.getini("addopts")
