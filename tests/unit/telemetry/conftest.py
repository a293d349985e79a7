"""Every line that any test of the library emits is held against the contract of spec/logs.yaml."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from amaie_telemetry import configure_logging, shutdown
from amaie_telemetry.encode import Encoder
from corpus.contract_check import check_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from amaie_telemetry.record import Item


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call() -> Iterator[None]:
    """Take pytest's own handlers off the root logger: with them, no record is ours alone."""
    root = logging.getLogger()
    root.handlers[:] = [handler for handler in root.handlers if type(handler).__module__ != "_pytest.logging"]
    return (yield)


@pytest.fixture(autouse=True)
def contract_line(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """Hold every line that is encoded while a test runs against the contract; a broken one fails the test."""
    records: list[dict[str, Any]] = []
    wrong: list[str] = []
    encode: Callable[[Encoder, Item], bytes] = Encoder.line

    def line(self: Encoder, item: Item) -> bytes:
        made = encode(self, item)
        try:
            records.append(check_line(made))
        except (AssertionError, ValueError, KeyError) as error:
            wrong.append(f"{error}: {made[:500]!r}")
        return made

    monkeypatch.setattr(Encoder, "line", line)
    yield records
    assert not wrong, wrong


@pytest.fixture(autouse=True)
def _clean_logging() -> Iterator[None]:
    """Leave the process' logging as it was found."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    shutdown()
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture(params=[False, True], ids=["standard", "fast"], name="logged")
def _logged(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], list[dict[str, Any]]]:
    """Set logging up in both ways; the function ends it and returns the records of the file."""
    configure_logging(service="amaie-core", log_dir=tmp_path, level="DEBUG", fast=request.param)

    def records() -> list[dict[str, Any]]:
        shutdown()
        text = (tmp_path / "amaie-core.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.split("\n")[:-1]]

    return records
