"""The audit on a real Elasticsearch: it finds what was done to documents or files, and says which."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from integration.logs.following import audit
from integration.logs.lab import Lab, record

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

PRODUCER = "0123456789abcdef01234567"
OTHER = "fedcba9876543210fedcba98"


def _id(number: int, producer: str = PRODUCER) -> str:
    return f"{producer}-{number:010d}"


def _records(*numbers: int, producer: str = PRODUCER, **fields: Any) -> list[dict[str, Any]]:
    return [record(number, event_id=_id(number, producer), **fields) for number in numbers]


def _audit(lab: Lab, *arguments: object, user: str = "amaie_operator") -> subprocess.CompletedProcess[str]:
    command = lab.command("audit", *arguments, user=user)
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def shipped(lab: Lab) -> Path:
    """Return a file of which every line has been shipped: eight good ones, a foreign one, two broken ones."""
    foreign = {name: value for name, value in record(1).items() if name != "event_id"}
    wrong = _records(9, price="n/a")
    lines: list[dict[str, Any] | bytes] = [*_records(*range(1, 9)), foreign, *wrong, b"torn"]
    path = lab.write("amaie-trader.jsonl", lines)
    done = lab.ingest(path)
    assert done.stdout == "1 files: 9 indexed, 2 rejected (1 invalid_json, 1 wrong_type)\n"
    return path


def test_without_a_fault_every_line_is_accounted_for(lab: Lab, shipped: Path) -> None:
    """Rejected ones are, too; a second look finds the same."""
    report = "11 accounted for = 9 good + 2 rejected + 0 failure store + 0 counted drops\nbalanced\n"
    assert audit(lab, shipped) == audit(lab, shipped) == report


def _edit(path: Path, old: str, new: str) -> None:
    """Change the file in place: the identities of foreign lines hang on the file itself."""
    text = path.read_text()
    assert old in text
    with path.open("r+") as file:
        file.write(text.replace(old, new, 1))
        file.truncate()


def test_faults_of_every_kind_are_named(lab: Lab, shipped: Path) -> None:
    """Missing, changed, misplaced and unexpected documents, in both streams."""
    _edit(shipped, "Order 2 placed", "Order Z placed")
    _edit(shipped, '"message": "Order 4 placed successfully"', '"message": 40000000000000000000000000000')
    with shipped.open("a") as file:
        file.writelines(json.dumps(one) + "\n" for one in _records(10))
    lab.ingest(lab.write("elsewhere.jsonl", [*_records(1, producer=OTHER)]))
    index = lab.hits(lab.rejected)[0]["_index"]
    assert lab.ask("DELETE", f"/{index}/_doc/{_id(9)}", user="amaie_operator")["result"] == "deleted"
    done = _audit(lab, shipped)
    assert done.stdout == (
        "11 accounted for = 10 good + 1 rejected + 0 failure store + 0 counted drops\n"
        f"2 missing: {_id(9)}, {_id(10)}\n"
        f"1 changed: {_id(2)}\n"
        f"1 misplaced: {_id(4)}\n"
        f"1 unexpected: {_id(1, OTHER)}\n"
        "NOT balanced\n"
    ), done.stderr
    assert done.returncode == 1
    found = json.loads(_audit(lab, shipped, "--json").stdout)
    assert found == {
        "kinds": {"good": 10, "rejected": 1},
        "missing": [_id(9), _id(10)],
        "doubled": [],
        "changed": [_id(2)],
        "misplaced": [_id(4)],
        "unexpected": [_id(1, OTHER)],
        "unexplained": {},
        "balanced": False,
    }


def test_foreign_lines_of_a_file_that_was_written_anew_are_found_with_the_shipper_s_state(lab: Lab) -> None:
    """They are other lines than those that stood there before, so their ids are others, too."""
    assert lab.ingest("--state", lab.state, lab.write("a.jsonl", _records(1))).returncode == 0
    path = lab.write("a.jsonl", [b"torn", *_records(1)])
    assert lab.ingest("--state", lab.state, path).returncode == 0
    report = "2 accounted for = 1 good + 1 rejected + 0 failure store + 0 counted drops\n"
    without, done = _audit(lab, path), _audit(lab, path, "--state", lab.state)
    assert (done.returncode, done.stdout) == (0, f"{report}balanced\n"), done.stderr
    assert without.returncode == 1
    assert "1 missing: line-" in without.stdout


def test_a_document_in_two_backing_indices_is_found(lab: Lab, shipped: Path) -> None:
    """Ids are unique within one backing index only: after a rollover, a replay doubles."""
    assert lab.ask("POST", f"/{lab.good}/_rollover", user="amaie_setup")["rolled_over"] is True
    lab.ingest(lab.write("again.jsonl", _records(3, 5)))
    done = _audit(lab)
    assert done.stdout == (
        "13 accounted for = 11 good + 2 rejected + 0 failure store + 0 counted drops\n"
        f"2 doubled: {_id(3)}, {_id(5)}\n"
        "NOT balanced\n"
    ), (done.stderr, shipped)


def test_gaps_of_a_producer_must_be_explained_by_drops_that_it_told(lab: Lab) -> None:
    """Without the files: a service that dropped two of three missing records has lost one."""
    lab.ingest(lab.write("amaie-trader.jsonl", _records(1, 2, 6, dropped_records=0)))
    notice = _records(7, dropped_records=2)
    lab.ingest(lab.write("notice.jsonl", notice))
    done = _audit(lab)
    assert done.stdout == (
        "6 accounted for = 4 good + 0 rejected + 0 failure store + 2 counted drops\n"
        f"producer {PRODUCER}: 1 not accounted for among 0000000003, 0000000004, 0000000005\n"
        "NOT balanced\n"
    ), done.stderr
    lab.ingest(lab.write("later.jsonl", _records(8, dropped_records=1)))
    assert _audit(lab).stdout.endswith("+ 3 counted drops\nbalanced\n")


@pytest.mark.parametrize(
    ("arguments", "user", "message"),
    [
        (
            (),
            "amaie_writer",
            (
                "audit: amaie_writer may not do this at {url}; "
                "compare its role in elasticsearch/config/roles.yml\n"
            ),
        ),
        (
            ("--url", "http://127.0.0.1:9"),
            "amaie_operator",
            "audit: cannot reach Elasticsearch at http://127.0.0.1:9 (ConnectionError); is it running?\n",
        ),
        (
            ("no-such-folder",),
            "amaie_operator",
            "audit: no-such-folder does not exist; name a log file or a folder of *.jsonl files\n",
        ),
    ],
)
def test_an_audit_that_cannot_be_done_says_why(
    lab: Lab, arguments: tuple[str, ...], user: str, message: str
) -> None:
    """In one sentence, with exit code 2: silence would look like a balanced account."""
    lab.ingest(lab.write("amaie-trader.jsonl", _records(1)))
    done = _audit(lab, *arguments, user=user)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == message.format(url=lab.elasticsearch.url)
