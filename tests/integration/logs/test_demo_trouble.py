"""The demo's floods and poison, from the real library over its files into a real Elasticsearch."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Final

import httpx
import pytest

import amaie_telemetry as telemetry
from amaie_demo import incidents, service, world
from amaie_demo.market import identifier
from amaie_demo.scenarios import Chapter
from integration.dashboard.lab import eventually, free_port
from integration.logs.following import wait

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from integration.logs.following import Following
    from integration.logs.lab import Lab
    from support.containers import Tool

pytestmark = pytest.mark.integration

SEED: Final = 7
BEGINS: Final = 1_795_521_600
QUIET: Final = 5  # seconds before both stories begin
POISONED: Final = 15  # seconds
FLOODED: Final = 7
REASONS: Final = {"invalid_json", "missing_field"}
SAMPLE: Final = re.compile(r"^(amaie_ingest_(?:rejected|indexed)_total(?:\{[^}]*\})?) (\S+)$", re.MULTILINE)


def played(folder: Path, scenario: str, seconds: int) -> int:
    """Let one role after the other write its seconds as the service does; return how many lines."""
    chapters = (Chapter(0, "normal"), Chapter(BEGINS, scenario))
    moments = [world.at(SEED, chapters, BEGINS + second) for second in range(seconds)]
    for role in service.ROLES:
        telemetry.configure_logging(service=role, log_dir=folder, level="DEBUG", console=False)
        for moment in moments:
            for event in incidents.events(SEED, chapters, moment):
                if event.service == role:
                    service.tell(SEED, event)
        telemetry.shutdown()
    for moment in moments:
        service.spoil(folder / "legacy.jsonl", incidents.poison(SEED, moment))
    own = [folder / f"{role}.jsonl" for role in service.ROLES]
    return sum(len(path.read_bytes().splitlines()) for path in own if path.exists())


def secrets() -> list[str]:
    """Return every made-up secret of the poisoned seconds."""
    return [identifier(SEED, "secret", BEGINS + QUIET + second) for second in range(POISONED)]


def scraped(following: Following, port: int) -> dict[str, float]:
    """Return the shipper's counters of rejected and indexed records, as Prometheus would scrape them."""
    assert following.process.poll() is None
    shown = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    return {name: float(value) for name, value in SAMPLE.findall(shown)}


def scrapable(following: Following) -> tuple[Following, int, dict[str, float]]:
    """Let a shipper serve its metrics; return it with its port and its counters so far."""
    port = free_port()
    following.restart("--metrics-port", str(port))
    return following, port, eventually(lambda: scraped(following, port), "the shipper's metrics")


def counted(following: Following, port: int, word: str, at_least: float) -> dict[str, float]:
    """Return the counters once they add up: they rise just after the documents show."""

    def look() -> dict[str, float] | None:
        now = scraped(following, port)
        return now if sum(value for name, value in now.items() if word in name) >= at_least else None

    found: dict[str, float] = eventually(look, f"{at_least:.0f} records counted as {word}")
    return found


def check(promtool: Tool, root: Path, folder: Path, test: str) -> None:
    """Evaluate the generated rules over the scraped counters."""
    place = folder / "promtool"
    place.mkdir()
    for file in ("recording.yml", "alerts-stack.yml"):
        shutil.copy(root / "prometheus" / "generated" / "rules" / file, place / file)
    (place / "trouble.yml").write_text(test, encoding="utf-8")
    done = promtool("test", "rules", "trouble.yml", folder=place)
    assert done.returncode == 0, done.stdout + done.stderr


def rule_test(before: dict[str, float], after: dict[str, float], fires: list[str]) -> str:
    """Return promtool's test: the scraped counters and for which reasons the alert fires."""
    target = 'job="ingest",instance="ingest:9104",service="ingest"'
    alert = 'ALERTS{alertname="LogRecordsRejected",alertstate="firing"}'
    series = [
        {
            "series": f"{name[:-1]},{target}}}" if name.endswith("}") else f"{name}{{{target}}}",
            "values": f"{before.get(name, 0.0)}x4 {value}x16",
        }
        for name, value in after.items()
    ]
    look = {
        "expr": f"group by (reason, severity) ({alert})",
        "eval_time": "5m",
        "exp_samples": [
            {"labels": f'{{reason="{reason}",severity="warning"}}', "value": 1} for reason in fires
        ],
    }
    test = {"interval": "15s", "input_series": series, "promql_expr_test": [look]}
    rules = ["recording.yml", "alerts-stack.yml"]
    return json.dumps({"rule_files": rules, "evaluation_interval": "15s", "tests": [test]})


def test_poison_is_rejected_with_reasons_leaves_no_secret_and_raises_the_alert(
    lab: Lab, follow: Callable[..., Following], promtool: Tool, tmp_path: Path, root: Path
) -> None:
    """Three lines of each second are rejected, both careless records are kept redacted, the alert fires."""
    following, port, before = scrapable(follow())
    good = played(following.folder, "poison_logs", QUIET + POISONED)
    wait(lab, good, 3 * POISONED)
    known = sum(value for name, value in before.items() if "rejected" in name)
    after = counted(following, port, "rejected", known + 3 * POISONED)
    stored = lab.hits(lab.good) + lab.hits(lab.rejected)
    text = json.dumps(stored, default=str)

    assert {hit["_source"]["reason"] for hit in lab.hits(lab.rejected)} == REASONS
    assert text.count("Signed in to the exchange") >= POISONED
    assert [secret for secret in secrets() if secret in text] == []
    files = b"".join(path.read_bytes() for path in following.folder.glob("[!l]*.jsonl"))
    assert [secret for secret in secrets() if secret.encode() in files] == []
    rising = {name: after[name] - before.get(name, 0.0) for name in after if "rejected" in name}
    assert sum(rising.values()) == 3 * POISONED
    check(promtool, root, tmp_path, rule_test(before, after, sorted(REASONS)))


def test_a_flood_arrives_whole_and_raises_nothing(
    lab: Lab, follow: Callable[..., Following], promtool: Tool, tmp_path: Path, root: Path
) -> None:
    """Each of the 150 further records per second is indexed; none is rejected, so no alert fires."""
    following, port, before = scrapable(follow())
    good = played(following.folder, "log_flood", QUIET + FLOODED)
    wait(lab, good)
    after = counted(following, port, "indexed", before.get("amaie_ingest_indexed_total", 0.0) + good)

    assert (
        sum("Particle resampled" in hit["_source"]["message"] for hit in lab.hits(lab.good)) == FLOODED * 150
    )
    assert after["amaie_ingest_indexed_total"] - before.get("amaie_ingest_indexed_total", 0.0) == good
    check(promtool, root, tmp_path, rule_test(before, after, []))
