"""What is to be scraped follows from the labels of the compose file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generators import names
from generators.spec import scrapes
from generators.spec.model import Scrape
from generators.spec.strict_yaml import SpecError

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str) -> tuple[Scrape, ...]:
    """Return what is to be scraped according to a compose file."""
    path = folder / "compose.yaml"
    path.write_text(text)
    return scrapes.read(path)


def test_both_notations_of_labels_are_read(tmp_path: Path) -> None:
    """Compose allows a mapping and a list; a service without the label is not scraped."""
    text = """
    services:
      a: {labels: {metrics.port: "9101"}}
      b: {labels: ["metrics.port=9102", "metrics.path=/federate", "metrics.scheme=https"]}
      c: {image: none}
    """
    assert read(tmp_path, text) == (
        Scrape(service="a", port=9101),
        Scrape(service="b", port=9102, path="/federate", scheme="https"),
    )


def test_labels_through_an_anchor_are_read(tmp_path: Path) -> None:
    """Compose files share labels by anchors and merge keys; both are what Compose makes of them."""
    text = """
    x-base: &base {labels: {metrics.port: 9101}}
    services:
      a: {<<: *base}
    """
    assert read(tmp_path, text) == (Scrape(service="a", port=9101),)


@pytest.mark.parametrize("port", ["many", "0", "65536", ""])
def test_a_label_that_is_no_port_is_told_with_its_line(port: str, tmp_path: Path) -> None:
    """A wrong port is told with its service and the way to write it."""
    with pytest.raises(SpecError) as error:
        read(tmp_path, f'services:\n  a:\n    labels:\n      metrics.port: "{port}"\n')
    assert str(error.value) == (
        f"{names.COMPOSE}:4: services[a].labels[metrics.port]: '{port}' is not a port; write it like \"9101\""
    )


def test_a_scheme_that_nobody_speaks_is_told_with_its_line(tmp_path: Path) -> None:
    """So that a slip of the pen is no scrape in clear."""
    with pytest.raises(SpecError) as error:
        read(tmp_path, 'services:\n  a:\n    labels: {metrics.port: "9101",\n      metrics.scheme: httsp}\n')
    assert str(error.value) == (
        f"{names.COMPOSE}:4: services[a].labels[metrics.scheme]: 'httsp' is not known; write http or https"
    )


def test_included_files_are_read_and_named_in_what_is_wrong(tmp_path: Path) -> None:
    """A service may stand in any of them; a missing one is told by its own name."""
    (tmp_path / "more.yaml").write_text("services:\n  b: {labels: {metrics.port: 9102}}\n")
    text = "include: [more.yaml]\nservices:\n  a: {labels: {metrics.port: 9101}}\n"
    assert read(tmp_path, text) == (Scrape(service="a", port=9101), Scrape(service="b", port=9102))
    (tmp_path / "more.yaml").write_text("services:\n  b: {labels: {metrics.port: no}}\n")
    with pytest.raises(SpecError, match=r"^compose/more.yaml:2: services\[b\]"):
        read(tmp_path, text)
    (tmp_path / "more.yaml").unlink()
    with pytest.raises(SpecError, match=r"^compose/more.yaml:1: there is no such file;"):
        read(tmp_path, text)
    with pytest.raises(SpecError) as error:
        read(tmp_path, "include:\n  - path: more.yaml\n")
    assert str(error.value) == (
        "compose/compose.yaml:2: include: an included file is written in another way than by its name; "
        "write just the name"
    )


def test_a_compose_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing compose file gets one sentence, not a traceback."""
    with pytest.raises(SpecError) as error:
        scrapes.read(tmp_path / "compose.yaml")
    assert str(error.value) == "compose/compose.yaml:1: there is no such file; create it or correct the path"
