"""Vulnerabilities are told; silence, an unknown package or an ignorant service never pass for "none"."""

from __future__ import annotations

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from packaging.version import Version

from operate.errors import StackError
from supply import advisories
from supply.requirements import Pin
from support.serving import Served, listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def advisory(name: str, package: str, introduced: str, fixed: str, *, aliases: list[str]) -> dict[str, Any]:
    """Return an advisory in the schema of OSV 1.x, as its service answers."""
    events = [{"introduced": introduced}, {"fixed": fixed}]
    place = {"name": package, "ecosystem": "PyPI", "purl": f"pkg:pypi/{package}"}
    return {
        "id": name,
        "details": f"A hole in {package}.\n",
        "aliases": aliases,
        "modified": "2023-06-05T01:13:00.534973Z",
        "published": "2023-05-26T18:15:00Z",
        "schema_version": "1.7.0",
        "affected": [{"package": place, "ranges": [{"type": "ECOSYSTEM", "events": events}]}],
    }


REQUESTS = advisory("PYSEC-2023-74", "requests", "2.3.0", "2.31.0", aliases=["CVE-2023-32681"])
JINJA = advisory("PYSEC-2014-8", "jinja2", "0", "2.7.2", aliases=["CVE-2014-1402"])


class Osv(BaseHTTPRequestHandler):
    """Answers as OSV does: `{}` where nothing is known, which is also what it says of unknown packages."""

    known: ClassVar[list[dict[str, Any]]] = []
    refused: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        """Answer one query."""
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name, version = query["package"]["name"], Version(query["version"])
        holes = [one for one in self.known if self.affects(one, name, version)]
        body = json.dumps({"vulns": holes} if holes else {}).encode()
        self.send_response(404 if name in self.refused else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @staticmethod
    def affects(hole: dict[str, Any], name: str, version: Version) -> bool:
        """Tell whether an advisory is about a version."""
        affected = hole["affected"][0]
        introduced, fixed = affected["ranges"][0]["events"]
        since, until = Version(introduced["introduced"]), Version(fixed["fixed"])
        return affected["package"]["name"] == name and since <= version < until

    def log_message(self, *_: object) -> None:
        """Keep silent."""


@pytest.fixture
def osv(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Osv]]:
    """Let pip-audit ask a stand-in."""
    handler = type("Stand", (Osv,), {"known": [REQUESTS, JINJA], "refused": set()})
    with Served(listening(handler)) as served:
        monkeypatch.setenv("PIP_AUDIT_OSV_URL", f"{served.url}/v1/query")
        yield handler


def test_a_vulnerable_version_is_found_and_the_fixed_one_is_not(osv: type[Osv]) -> None:
    """Both in one file, of which each is asked about in its own version."""
    assert osv.known
    old, new = Pin("requests", "2.30.0"), Pin("requests", "2.31.0")
    about = "A hole in requests."
    assert advisories.findings([new, old]) == [advisories.Finding(old, "PYSEC-2023-74", ("2.31.0",), about)]
    assert advisories.findings([new, Pin("idna", "3.18")]) == []


def test_a_service_that_knows_nothing_is_no_good_news(osv: type[Osv]) -> None:
    """An empty mirror answers `{}` to everything."""
    osv.known = []
    with pytest.raises(StackError) as caught:
        advisories.findings([Pin("idna", "3.18")])
    assert str(caught.value) == (
        "OSV answers and knows nothing, not even of jinja2 2.4.1, so no package was checked; "
        f"cure: {advisories.CURE}"
    )


def test_one_package_without_an_answer_is_no_good_news(osv: type[Osv]) -> None:
    """What was answered for the others does not count for it."""
    osv.refused = {"idna"}
    with pytest.raises(StackError) as caught:
        advisories.findings([Pin("idna", "3.18"), Pin("requests", "2.31.0")])
    said = str(caught.value)
    assert said.startswith("OSV could not be asked about 2 of 2 packages, idna 3.18 among them (")
    assert said.endswith(f", so nothing is known of them; cure: {advisories.CURE}")


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, "scripts/vulnerabilities.py", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_the_command_says_that_all_is_well_only_after_asking(osv: type[Osv], root: Path) -> None:
    """0 and a sentence with their number, or 1 and each finding with its cure."""
    done = run(root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("OSV knows of no vulnerability in any of the ")
    osv.known = [JINJA, advisory("PYSEC-0", "pyyaml", "6.0", "99", aliases=[])]
    done = run(root)
    assert done.returncode == 1, done.stderr
    assert done.stdout.endswith(": PYSEC-0: A hole in pyyaml.; cure: raise it to 99\n")
    assert [entry["name"] for entry in json.loads(run(root, "--json").stdout)] == ["PYSEC-0"]


def test_the_command_ends_with_2_where_nobody_answers(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is printed that could be read as good news."""
    monkeypatch.setenv("PIP_AUDIT_OSV_URL", "http://127.0.0.1:9/v1/query")
    done = run(root)
    assert (done.returncode, done.stdout) == (2, "")
    assert "OSV could not be asked about 1 of 1 packages, jinja2 2.4.1 among them (" in done.stderr
    assert done.stderr.endswith(f", so nothing is known of them; cure: {advisories.CURE}\n")
