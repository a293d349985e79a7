"""Which variant is taken, and what is said when a registry refuses or a pull breaks off."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from operate import build, pins
from operate.errors import StackError
from operate.progress import Progress
from support import engine_lab
from support.engine_lab import ABSENT, HAD, SILENT, Answer, Engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROBE = pins.read()["NODE_EXPORTER_IMAGE"]


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Yield an engine that has no image."""
    with engine_lab.running() as running:
        yield running


@pytest.mark.parametrize(("answer", "variant"), [(HAD, "official"), (SILENT, "packages")])
def test_only_silence_falls_back_to_packages(engine: Engine, answer: Answer, variant: str) -> None:
    """Who reaches no registry gets the other variant, whoever reaches one the official one."""
    engine.answer = answer
    assert build.choose("auto", engine.client, Progress()) == variant


@pytest.mark.parametrize(
    ("answer", "cure"),
    [
        ((500, "unauthorized: authentication required"), "sign in (docker login docker.io)"),
        ((403, "denied: requested access to the resource is denied"), "sign in (docker login docker.io)"),
        ((429, "toomanyrequests: You have reached your pull rate limit."), "wait, or sign in (docker login"),
        ((500, "toomanyrequests: You have reached your pull rate limit."), "wait, or sign in (docker login"),
        ((503, "received unexpected HTTP status: 503 Service Unavailable"), "try again later"),
        ((500, "error parsing HTTP 407 response body: <html>proxy</html>"), "the proxy between this machine"),
        (ABSENT, "put it there, or use IMAGES=packages"),
    ],
)
def test_a_registry_that_answers_is_told_with_its_answer_and_the_cure(
    engine: Engine, answer: Answer, cure: str
) -> None:
    """Falling back without a word would leave Grafana out for a typing error in a password."""
    engine.answer = answer
    with pytest.raises(StackError) as refused:
        build.choose("auto", engine.client, Progress())
    assert PROBE in str(refused.value)
    assert "at docker.io, which answer" in str(refused.value)
    assert cure in str(refused.value)
    assert answer[1] in str(refused.value) or answer == ABSENT


class _Pulling:
    """An engine that has nothing and pulls as docker-py tells it: a stream of lines."""

    def __init__(self, *lines: dict[str, Any]) -> None:
        self.lines = lines
        self.api = self

    def pull(self, *_: object, **__: object) -> Iterator[dict[str, Any]]:
        yield from self.lines


def test_a_pull_that_breaks_off_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream ends without an exception: its last line says what happened."""
    monkeypatch.setattr(build, "exists", lambda _client, _name: False)
    line = {"errorDetail": {"message": "unexpected EOF"}, "error": "unexpected EOF"}
    with pytest.raises(StackError, match=r"^a/b:1 cannot be pulled: it broke off \(unexpected EOF\); cure: "):
        build.pull(_Pulling({"status": "Downloading"}, line), "a/b:1", Progress())  # type: ignore[arg-type]
    build.pull(_Pulling({"status": "Downloaded"}), "a/b:1", Progress())  # type: ignore[arg-type]


def test_a_digest_may_stand_behind_a_tag() -> None:
    """The version is that of the tag; Docker pulls what the digest names."""
    image = "kibana:9.5.2@sha256:" + "0" * 64
    assert pins.version(image) == "9.5.2"
    assert pins.version("mirror.example:5000/library/" + image) == "9.5.2"
    assert pins.elastic_version({"ELASTICSEARCH_IMAGE": image}) == "9.5.2"


def test_one_setting_takes_every_image_from_a_mirror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Docker's own images are in `library` there; versions and what is built here stay."""
    before = pins.read()
    monkeypatch.setenv("REGISTRY", "mirror.example:5000/hub/")
    after = pins.read()
    assert after["KIBANA_IMAGE"] == "mirror.example:5000/hub/library/" + before["KIBANA_IMAGE"]
    assert after["GRAFANA_IMAGE"] == "mirror.example:5000/hub/" + before["GRAFANA_IMAGE"]
    assert pins.elastic_version(after) == pins.elastic_version(before)
    assert after["PACKAGES_SUITE"] == before["PACKAGES_SUITE"]
    saved = tmp_path / "amaie.env"
    saved.write_text(json.dumps("x").strip('"') + "_IMAGE=mirror/y:1\n")
    assert pins.read(saved) == {"x_IMAGE": "mirror/y:1"}, "what was started is found again as it was"


@pytest.mark.parametrize("variant", build.VARIANTS)
def test_an_engine_that_has_all_images_needs_no_other(variant: str) -> None:
    """Who copies `present` to an engine without a network can start a stack there."""

    class Images:
        """Has what it is given; anything else would have to be pulled or built."""

        def get(self, name: str) -> None:
            asked.add(name)

    asked: set[str] = set()
    build.ensure(variant, SimpleNamespace(images=Images()), Progress())  # type: ignore[arg-type]
    assert asked == build.present(variant)
