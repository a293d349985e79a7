"""Logstash's files and the compose file agree: paths are mounted, variables set, ports the right ones."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from amaie_exporters.logstash.stats import FAILED
from amaie_ingest import client, forward
from amaie_telemetry import contract
from logstash.config import Branch, Plugin, parse
from operate import build, compose_cli
from operate.compose_cli import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "logstash"
TEXTS = {path.stem: path.read_text() for path in sorted((FOLDER / "pipeline").glob("*.conf"))}
PIPELINES = {name: {one.kind: one for one in parse(text)} for name, text in TEXTS.items()}
SETTINGS: dict[str, Any] = yaml.safe_load((FOLDER / "config" / "logstash.yml").read_text())
LISTED: list[dict[str, Any]] = yaml.safe_load((FOLDER / "config" / "pipelines.yml").read_text())
ENTRYPOINT = (FOLDER / "container" / "entrypoint.sh").read_text()
HEALTH = (FOLDER / "container" / "health.sh").read_text()
LETTERS = "amaie-dead-letters"
DATA = PurePosixPath("/usr/share/logstash/data")
LOGS = "/var/log/amaie"
MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the services of the official variant, as Compose understands them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose_cli, "RUN", tmp_path_factory.mktemp("run"))
        stack = Stack("amaie-test", "official", demo=True)
        stack.save(build.images_of("official"))
        found: dict[str, Any] = stack.config()["services"]
        return found


@pytest.fixture(scope="module")
def mounts(services: dict[str, Any]) -> dict[str, str]:
    """Return what is mounted into Logstash's container: a volume's name or a folder of ours, by place."""
    return _mounts(services["logstash"])


def _mounts(service: dict[str, Any]) -> dict[str, str]:
    return {mount["target"]: mount["source"] for mount in service["volumes"]}


def _input(pipeline: str, name: str) -> dict[str, Any]:
    plugins = PIPELINES[pipeline]["input"].plugins()
    (settings,) = (one.settings for one in plugins if one.settings["id"] == name)
    return settings


def _paths() -> Iterator[PurePosixPath]:
    for pipeline in PIPELINES.values():
        for section in pipeline.values():
            for plugin in section.plugins():
                for name, value in plugin.settings.items():
                    if name == "path" or name.endswith("_path"):
                        yield from map(PurePosixPath, value if isinstance(value, list) else [value])
                    if name == "script_params":
                        yield PurePosixPath(value["contract"])
    yield from (PurePosixPath(one["path.config"]) for one in LISTED)


def test_every_file_that_logstash_reads_is_mounted(mounts: dict[str, str]) -> None:
    """From a folder of ours, and there is such a file; what it writes goes to a volume."""
    for path in _paths():
        place = next(parent for parent in map(str, path.parents) if parent in mounts)
        if mounts[place].startswith("/"):
            assert (Path(mounts[place]) / path.relative_to(place)).is_file(), path
        else:
            assert mounts[place] == "logstash", path


def test_what_must_survive_a_crash_is_on_the_volume_of_logstash(mounts: dict[str, str]) -> None:
    """The queue, the dead letters and their position are below the data folder, which is a volume."""
    assert mounts[str(DATA)] == "logstash"
    assert not {"path.data", "path.queue", "path.dead_letter_queue"} & set(SETTINGS), (
        "by default below path.data"
    )
    letters = _input("dead_letters", "dead-letters")
    assert PurePosixPath(letters["sincedb_path"]).parent == DATA
    assert PurePosixPath(letters["path"]) == DATA / "dead_letter_queue"


def test_logstash_reads_no_file_itself(services: dict[str, Any]) -> None:
    """Its file input knows a file by its inode: our shipper reads the folder that services write to."""
    inputs = [plugin.name for one in PIPELINES.values() for plugin in one["input"].plugins()]
    assert sorted(inputs) == ["beats", "dead_letter_queue", "http", "http"]
    for name in ("ingest", "amaie-core", "amaie-trader", "launcher"):
        assert _mounts(services[name])[LOGS] == "logs"
    assert LOGS not in _mounts(services["logstash"])


def test_the_shipper_knows_the_door_of_its_input(services: dict[str, Any]) -> None:
    """Address, user and the secret, which no other input has; what comes there is marked as its own."""
    ours = _input("amaie", "files")
    assert services["ingest"]["environment"]["AMAIE_LOGSTASH_URL"] == f"https://logstash:{ours['port']}"
    assert (ours["user"], ours["password"]) == (forward.USER, "${FILES_PASSWORD}")
    assert [name for name in ("files", "http") if _input("amaie", name)["password"] == ours["password"]] == [
        "files"
    ]
    assert f'FILES_PASSWORD="$(cat /run/secrets/{forward.SECRET})"' in ENTRYPOINT
    assert [one["source"] for one in services["ingest"]["secrets"]] == [forward.SECRET, client.AUTHORITY]
    assert ours["add_field"] == {"[@metadata][latin1]": "no", "[@metadata][origin]": "files"}
    assert ours["codec"] == Plugin("line", {"ecs_compatibility": "disabled"})


@pytest.mark.parametrize("name", ["files", "http"])
def test_what_waits_at_a_door_fits_into_the_heap(name: str) -> None:
    """Each waiting request is in memory, as bytes and as text; the default lets 200 of them wait."""
    door = _input("amaie", name)
    waiting = (door["max_pending_requests"] + door["threads"]) * door["max_content_length"]
    assert 2 * waiting <= 512 * MEBIBYTE / 4


def test_good_records_go_to_the_good_stream_and_all_others_to_the_rejected_one() -> None:
    """By what the script decided, into one namespace."""
    # A raw event has neither mark and goes nowhere.
    (branch,) = PIPELINES["amaie"]["output"].body
    assert isinstance(branch, Branch)
    chosen = [(condition, plugin.settings["data_stream_dataset"]) for condition, (plugin,) in branch.arms]
    assert chosen == [
        ('[@metadata][stream] == "logs"', "amaie"),
        ('[@metadata][stream] == "rejected"', "amaie.rejected"),
    ]
    outputs = [plugin for one in PIPELINES.values() for plugin in one["output"].plugins()]
    assert {one.settings["data_stream_namespace"] for one in outputs} == {"${AMAIE_NAMESPACE:default}"}


def test_documents_that_are_too_large_become_dead_letters() -> None:
    """Logstash would send them for ever; a dead letter that is too large has no further place."""
    custom = {
        (name, plugin.settings["id"]): plugin.settings.get("dlq_custom_codes")
        for name, one in PIPELINES.items()
        for plugin in one["output"].plugins()
    }
    assert custom == {
        ("amaie", "logs"): [413],
        ("amaie", "rejected"): [413],
        ("dead_letters", "rejected"): None,
    }


def test_each_script_is_the_one_of_its_pipeline() -> None:
    """The contract for lines, the other for dead letters."""
    scripts = {name: one["filter"].plugins()[0].settings for name, one in PIPELINES.items()}
    assert {name: PurePosixPath(one["path"]).name for name, one in scripts.items()} == {
        "amaie": "contract.rb",
        "dead_letters": "dead_letter.rb",
    }
    contract = scripts["amaie"]["script_params"]["contract"]
    assert contract == "/usr/share/logstash/generated/contract.json"


def test_what_a_script_fails_on_goes_nowhere_and_is_counted() -> None:
    """Logstash passes the raw event on, with a tag; the exporter reads how many events the drop has had."""
    for one in PIPELINES.values():
        script, branch = one["filter"].body
        assert "tag_on_exception" not in script.settings
        assert branch.arms == [('"_rubyexception" in [tags]', [Plugin("drop", {"id": FAILED})])]


def test_no_document_is_too_large_for_elasticsearch() -> None:
    """It takes 100 MiB and Logstash sends 20: a letter, a line escaped twice, is far below both."""
    largest = 6 * 6 * contract.load().limits.max_event_bytes
    assert largest < 20 * MEBIBYTE
    assert "max_content_length" not in (ROOT / "elasticsearch" / "config" / "elasticsearch.yml").read_text()


def test_every_variable_without_a_default_is_set_for_logstash(services: dict[str, Any]) -> None:
    """By compose, or by the entrypoint out of a secret's file."""
    settings = (FOLDER / "config" / "logstash.yml").read_text()
    named = {name for text in (*TEXTS.values(), settings) for name in re.findall(r"\$\{([A-Z_]+)\}", text)}
    exported = set(re.findall(r'^([A-Z_]+)="\$\(cat /run/secrets/', ENTRYPOINT, re.MULTILINE))
    assert named == exported | (set(services["logstash"]["environment"]) & named)
    assert named == {*("ELASTICSEARCH_URL", "ES_PASSWORD", "HTTP_PASSWORD", "FILES_PASSWORD", "API_PASSWORD")}


def test_every_port_is_another_one_and_the_exporter_asks_the_right_one(services: dict[str, Any]) -> None:
    """HTTP, Beats, and Logstash's own API."""
    ports = [
        *(_input("amaie", name)["port"] for name in ("files", "http", "beats")),
        SETTINGS["api.http.port"],
    ]
    assert len(set(ports)) == len(ports)
    asked = f"https://logstash:{SETTINGS['api.http.port']}"
    assert asked in services["logstash-exporter"]["command"]
    assert services["logstash"]["healthcheck"]["test"] == ["CMD", "/etc/amaie/health.sh"]
    assert f"localhost:{SETTINGS['api.http.port']}/" in HEALTH
    assert "logstash_api_password" in {one["source"] for one in services["logstash-exporter"]["secrets"]}


def _pipelines(**states: str) -> str:
    inner = {
        name: {
            "status": "red",
            "diagnosis": [{"id": "x", "cause": "it waits"}],
            "details": {"status": {"state": state}},
        }
        for name, state in states.items()
    }
    return json.dumps({"status": "red", "indicators": {"pipelines": {"status": "red", "indicators": inner}}})


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (_pipelines(**{"amaie": "RUNNING", LETTERS: "RUNNING"}), 0),
        (_pipelines(**{LETTERS: "TERMINATED", "amaie": "RUNNING"}), 0),
        (_pipelines(**{"amaie": "TERMINATED", LETTERS: "RUNNING"}), 1),
        (_pipelines(**{LETTERS: "RUNNING", "amaie": "LOADING"}), 1),
        (_pipelines(**{LETTERS: "RUNNING"}), 1),
        ("", 1),
    ],
)
def test_logstash_is_healthy_while_its_own_pipeline_runs(report: str, code: int, tmp_path: Path) -> None:
    """Whatever the letters' pipeline says; red alone says only that Elasticsearch has been away for long."""
    (tmp_path / "curl").write_text(f"#!/bin/sh\ncat >/dev/null\ncat <<'END'\n{report}\nEND\n")
    (tmp_path / "curl").chmod(0o755)
    (tmp_path / "password").write_text("a-password")
    script = HEALTH.replace("/run/secrets/logstash_api_password", str(tmp_path / "password"))
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=environment, check=False)
    assert done.returncode == code


def test_the_queue_holds_hours_of_logs() -> None:
    """A gibibyte at least; it takes the largest line many times over."""
    sizes = {name: SETTINGS[f"{name}.max_bytes"] for name in ("queue", "dead_letter_queue")}
    units = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}
    in_bytes = {name: int(size[:-2]) * units[size[-2:]] for name, size in sizes.items()}
    assert in_bytes["queue"] >= 1024 * MEBIBYTE
    assert in_bytes["dead_letter_queue"] >= 128 * MEBIBYTE
