"""Whether an image can be had: two answers say no, everything else is an error and is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from operate import registry
from operate.engine import CURE
from operate.errors import StackError
from support import engine_lab
from support.engine_lab import ABSENT, HAD, LIMITED, SILENT, Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = "library/thing:1.2"


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Yield an engine that has no image and whose registry has all."""
    with engine_lab.running() as running:
        yield running


def test_an_image_of_the_registry_can_be_had(engine: Engine) -> None:
    """Its registry was asked, once."""
    engine.answer = HAD
    assert registry.absence(engine.client, IMAGE) == ""
    assert engine.asked == [IMAGE]


def test_an_image_of_the_engine_can_be_had_without_a_registry(engine: Engine) -> None:
    """One that was loaded by hand works on a machine without a network."""
    engine.answer, engine.here = SILENT, {IMAGE}
    assert registry.absence(engine.client, IMAGE) == ""
    assert engine.asked == []


@pytest.mark.parametrize(
    "said",
    [
        SILENT[1],
        'Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection',
        'Get "https://auth.docker.io/token?service=registry.docker.io": EOF',
        'Get "https://registry-1.docker.io/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3128: i/o timeout',
        "Get https://registry-1.docker.io/v2/: dial tcp 1.2.3.4:443: connect: network is unreachable",
        'failed to do request: Head "https://registry-1.docker.io/v2/thing/manifests/1.2": dial tcp: EOF',
    ],
)
def test_a_registry_that_cannot_be_reached_is_silent(engine: Engine, said: str) -> None:
    """However engines of several ages put it."""
    engine.answer = (500, said)
    assert registry.absence(engine.client, IMAGE) == "no registry answers"


@pytest.mark.parametrize(
    "said", [ABSENT[1], "name unknown: repository name not known to registry", "docker.io/x/y:1.2: not found"]
)
def test_an_image_that_its_registry_does_not_have_is_absent(engine: Engine, said: str) -> None:
    """The registry has answered: neither its repository nor its tag is there."""
    engine.answer = (404, said)
    assert registry.absence(engine.client, IMAGE) == "its registry does not have it"


@pytest.mark.parametrize(
    "answer",
    [
        LIMITED,
        (401, "unauthorized: authentication required"),
        (403, "denied: requested access to the resource is denied"),
        (404, "page not found"),
        (500, "received unexpected HTTP status: 503 Service Unavailable"),
        (500, "error parsing HTTP 403 response body: invalid character '<' looking for beginning of value"),
        (500, "layer does not exist"),
    ],
)
def test_any_other_answer_is_an_error(engine: Engine, answer: tuple[int, str]) -> None:
    """A registry that refuses, limits or breaks is there: what it says has to be read, not passed over."""
    engine.answer = answer
    message = f"{IMAGE} cannot be asked for at docker.io, which answered {answer[0]} ({answer[1]}); cure: "
    with pytest.raises(StackError, match=f"^{re.escape(message)}.+, or use IMAGES=packages$"):
        registry.absence(engine.client, IMAGE)


def test_an_engine_that_is_gone_is_an_error(engine: Engine) -> None:
    """It is not taken for a registry that does not answer."""
    engine.stop()
    with pytest.raises(StackError) as caught:
        registry.absence(engine.client, IMAGE)
    said = re.escape(f"the Docker engine cannot be asked for {IMAGE} (")
    assert re.fullmatch(rf"{said}.*Connection refused.*\); cure: {re.escape(CURE)}", str(caught.value))
