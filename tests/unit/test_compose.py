"""Both variants of the stack, as Docker Compose itself understands them, hold the promises of the design."""

from __future__ import annotations

import math
import os
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from generators.spec import scrapes
from operate import build, catalogue, compose_cli, health, pins
from operate.compose_cli import Stack
from operate.paths import COMPOSE, ROOT, SECRETS

if TYPE_CHECKING:
    from collections.abc import Callable

Service = dict[str, Any]

VARIANTS = ("official", "packages")

ONCE = frozenset({"elasticsearch-setup", "kibana-setup", "history", "history-metrics", "history-logs"})
"""Services that do one thing and end."""

EXCEPTIONS = {
    ("restart", ONCE): "they end when their work is done; starting again would hide a failure",
    ("healthcheck", ONCE): "others wait for their end (service_completed_successfully), not for their health",
    ("networks", frozenset({"history"})): "it computes files and needs no network at all",
}
"""Controls that a service may lack, each with its reason. Three rows at most."""


def is_limited(service: Service) -> bool:
    """Tell whether memory, processor and processes are all limited."""
    return (
        int(service["mem_limit"]) <= 2**31 and 0 < service["cpus"] <= 2 and 0 < service["pids_limit"] <= 1024
    )


CONTROLS: dict[str, Callable[[Service], bool]] = {
    "user": lambda service: int(service["user"].split(":")[0]) >= 472,
    "capabilities": lambda service: service["cap_drop"] == ["ALL"] and "cap_add" not in service,
    "privileges": lambda service: (
        service["security_opt"] == ["no-new-privileges:true"] and not service.get("privileged")
    ),
    "read only": lambda service: service["read_only"] is True,
    "limits": is_limited,
    "restart": lambda service: service["restart"] == "always",
    "init": lambda service: service["init"] is True,
    "grace": lambda service: service["stop_grace_period"] in {"30s", "1m0s", "2m0s"},
    "log rotation": lambda service: (
        service["logging"] == {"driver": "json-file", "options": {"max-file": "5", "max-size": "10m"}}
    ),
    "healthcheck": lambda service: service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"},
    "host": lambda service: (
        service.get("network_mode", "none") == "none"
        and not {"pid", "ipc", "userns_mode", "devices"} & set(service)
    ),
    "networks": lambda service: (
        set(service["networks"]) <= {"metrics", "logs", "probes", "edge", "edge-logs", "engine"}
    ),
}


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    """Return each variant in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def config(variant: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the merged configuration of a demo of the variant, profiles included."""
    folder = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose_cli, "RUN", folder)
        for name in [name for name in os.environ if name.endswith(("_IMAGE", "_PORT"))]:
            patch.delenv(name)
        stack = Stack("amaie-test", variant, demo=True)
        stack.save(build.images_of(variant))
        return stack.config()


def test_settings_of_an_older_version_serve(
    variant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They lack the variables that came later; `make up`, `status` and `down` find its containers even so."""
    monkeypatch.setattr(compose_cli, "RUN", tmp_path)
    stack = Stack("amaie-test", variant, demo=True)
    stack.save(build.images_of(variant))
    lines = stack.env_file.read_text().splitlines(keepends=True)
    kept = [line for line in lines if line.startswith(("AMAIE_", "PROMETHEUS_IMAGE=", "SERVICE_IMAGE="))]
    stack.env_file.write_text("".join(kept))
    config = stack.config()["services"]
    assert config["reverse-proxy"]["image"] == pins.read()["REVERSE_PROXY_IMAGE"]
    assert config["prometheus"]["image"] == build.images_of(variant)["prometheus"]


@pytest.fixture(scope="module")
def services(config: dict[str, Any]) -> dict[str, Service]:
    """Return the services of the variant by name."""
    found: dict[str, Service] = config["services"]
    return found


def test_the_packages_variant_lacks_only_what_no_registry_has(
    variant: str, services: dict[str, Service]
) -> None:
    """Both variants run the same services, save Grafana, Kibana and Logstash, which ingest can do without."""
    missing = set(build.OFFICIAL_ONLY) - set(services)
    assert missing == (set() if variant == "official" else {"grafana", "kibana", "logstash"})


def test_one_service_reads_the_log_files_in_both_variants(variant: str, services: dict[str, Service]) -> None:
    """It hands documents to Logstash's input, or to Elasticsearch, with one password for either."""
    readers = {
        name
        for name, one in services.items()
        if any(mount["source"] == "logs" and mount.get("read_only") for mount in one.get("volumes", []))
    }
    assert readers == {"ingest"}
    ingest = services["ingest"]
    told = {name: value for name, value in ingest["environment"].items() if value}
    secrets = [one["source"] for one in ingest["secrets"]]
    # Before its partner is there it would be unhealthy: Logstash takes minutes to start.
    partner = "logstash" if variant == "official" else "elasticsearch-setup"
    assert list(ingest["depends_on"]) == [partner]
    if variant == "official":
        assert (told, secrets) == (
            {"AMAIE_LOGSTASH_URL": "https://logstash:8081"},
            ["logstash_files_password", "stack_ca.pem"],
        )
    else:
        assert (told, secrets) == (
            {"AMAIE_ELASTICSEARCH_URL": "https://elasticsearch:9200"},
            ["es_amaie_writer_password", "stack_ca.pem"],
        )


def test_prometheus_scrapes_what_the_resolved_labels_say(services: dict[str, Service]) -> None:
    """The generator reads the files, Compose resolves them: both find the same ports."""
    labelled = {
        (name, int(labels["metrics.port"]))
        for name, one in services.items()
        if "metrics.port" in (labels := one.get("labels", {}))
    }
    read = scrapes.read(COMPOSE / "compose.yaml")
    assert {(one.service, one.port) for one in read} == labelled


def test_every_image_is_pinned_in_the_one_place(variant: str, services: dict[str, Service]) -> None:
    """An image is a tag of images.env or one that we build, whose tag is a hash; never latest."""
    known = set(pins.read().values())
    for name, service in services.items():
        image = service["image"]
        assert not image.endswith(":latest"), name
        ours = re.fullmatch(r"amaie/[a-z]+:[0-9a-f]{12}", image)
        assert ours or (variant == "official" and image in known), f"{name}: {image}"


def test_elastic_products_carry_one_version() -> None:
    """Elasticsearch, Logstash and Kibana are released together and are pinned together."""
    values = pins.read()
    tags = {pins.version(values[f"{name}_IMAGE"]) for name in ("ELASTICSEARCH", "LOGSTASH", "KIBANA")}
    assert tags == {pins.elastic_version(values)}


def test_no_version_is_written_outside_the_one_place() -> None:
    """No tag of images.env appears in another file of compose/ or in a script."""
    tags = {pins.version(value) for name, value in pins.read().items() if name.endswith("_IMAGE")}
    scripts = [*(ROOT / "scripts").glob("*.py"), *(ROOT / "scripts" / "operate").glob("*.py")]
    sources = [*COMPOSE.rglob("*.yaml"), *COMPOSE.rglob("*Dockerfile"), *scripts]
    found = [(str(path), tag) for path in sources for tag in tags if tag in path.read_text()]
    assert found == []


@pytest.mark.parametrize("control", CONTROLS)
def test_every_service_has_every_control(control: str, services: dict[str, Service]) -> None:
    """Each hardening control holds for each service, or the exception is in the table with its reason."""
    holds = CONTROLS[control]
    failing = set()
    for name, service in services.items():
        try:
            good = holds(service)
        except KeyError:
            good = False
        if not good:
            failing.add(name)
    excepted = {name for row, names in EXCEPTIONS if row == control for name in names}
    assert failing == excepted & set(services)


def test_the_exceptions_are_few_and_have_reasons() -> None:
    """The table of exceptions has three rows at most, none without a reason."""
    assert len(EXCEPTIONS) <= 3
    assert all(len(reason) > 20 for reason in EXCEPTIONS.values())


def test_every_port_is_published_on_loopback_only(services: dict[str, Service]) -> None:
    """No service listens on an address of the network, and each port is the one of the catalogue."""
    published = set()
    for name, service in services.items():
        for port in service.get("ports", []):
            assert port["host_ip"] == "127.0.0.1", name
            published.add((name, int(port["published"])))
    doors = {name: entry.behind or name for name, entry in catalogue.PUBLISHED.items()}
    ports = catalogue.ports()
    assert published == {(doors[name], ports[name]) for name in ports if name in services}


def test_prometheus_and_alertmanager_are_reached_by_the_proxy_alone(services: dict[str, Service]) -> None:
    """Both know users and no rights: whoever signs in there may silence a page."""
    assert not any(services[name].get("ports") for name in ("prometheus", "alertmanager"))
    for name in ("dashboard", "grafana"):
        if name in services:
            known = {one["source"] for one in services[name]["secrets"]}
            assert {one for one in known if one.startswith("monitoring_")} == {f"monitoring_{name}_password"}


def test_every_key_is_held_by_its_own_server(services: dict[str, Service]) -> None:
    """And the authorities' keys by no container at all."""
    for name, service in services.items():
        for secret in service.get("secrets", []):
            source = secret["source"]
            if source.endswith("_key.pem"):
                assert source == f"{name}_key.pem"


def test_one_offset_moves_every_port(variant: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A second stack beside the first one shares no port with it."""
    monkeypatch.setattr(compose_cli, "RUN", tmp_path)
    stack = Stack("amaie-test", variant, demo=True, offset=20000)
    stack.save(build.images_of(variant))
    services = stack.config()["services"]
    ports = [int(port["published"]) for one in services.values() for port in one.get("ports", [])]
    assert ports
    assert min(ports) > 20000
    assert Counter(ports).most_common(1)[0][1] == 1
    assert services["dashboard"]["environment"]["AMAIE_GRAFANA_URL"] in {"", "https://127.0.0.1:23000"}


def test_mounts_are_existing_folders_and_read_only(services: dict[str, Service]) -> None:
    """What comes from the host is a folder that exists and that no container can write to."""
    generated_on_start = (SECRETS, COMPOSE / "run")
    for name, service in services.items():
        for mount in service.get("volumes", []):
            if mount["type"] != "bind":
                assert mount["type"] == "volume", name
                continue
            source = Path(mount["source"])
            if (name, source) == ("docker-proxy", Path("/var/run/docker.sock")):
                continue
            assert mount["read_only"] is True, f"{name}: {source}"
            made = any(source.is_relative_to(folder) for folder in generated_on_start)
            assert made or source.is_dir() or "amaie-test" in source.parts, f"{name}: {source} is no folder"


def test_one_service_alone_holds_the_socket_of_the_engine(services: dict[str, Service]) -> None:
    """The proxy has the socket and no other network than the one it shares with the exporter."""
    holders = {
        name
        for name, one in services.items()
        for mount in one.get("volumes", [])
        if "docker.sock" in mount["source"]
    }
    assert holders == {"docker-proxy"}
    neighbours = {name for name, one in services.items() if "engine" in one.get("networks", {})}
    assert neighbours == {"docker-proxy", "containers"}
    assert set(services["docker-proxy"]["networks"]) == {"engine"}


def test_only_the_owner_of_a_volume_writes_to_it(services: dict[str, Service]) -> None:
    """What several services write to is known; every other volume belongs to one service."""
    writers: dict[str, set[str]] = {}
    for name, service in services.items():
        for mount in service.get("volumes", []):
            if mount["type"] == "volume" and not mount.get("read_only"):
                writers.setdefault(mount["source"], set()).add(name)
    assert writers.pop("logs") == {"amaie-core", "amaie-trader", "launcher"}
    assert writers.pop("history") == {"history", "history-logs"}
    assert writers.pop("prometheus") == {"prometheus", "history-metrics"}
    assert all(len(names) == 1 for names in writers.values()), writers


def test_networks_separate_metrics_from_logs(config: dict[str, Any], services: dict[str, Service]) -> None:
    """Metrics and logs have no way out, and only what shows both sides is on both."""
    assert config["networks"]["metrics"]["internal"] is True
    assert config["networks"]["logs"]["internal"] is True
    assert config["networks"]["engine"]["internal"] is True
    assert config["networks"]["probes"]["internal"] is True
    both = {name for name, one in services.items() if {"metrics", "logs"} <= set(one.get("networks", {}))}
    assert {name for name in both if not name.endswith("-exporter")} <= {"dashboard", "grafana", "ingest"}
    reach_elasticsearch = {
        name for name, one in services.items() if {"logs", "edge-logs"} & set(one.get("networks", {}))
    }
    assert not reach_elasticsearch & {"prometheus", "alertmanager", "inbox", "node-exporter", "amaie-trader"}


def test_what_comes_from_other_machines_comes_by_the_gateway_alone(config: dict[str, Any]) -> None:
    """Beats has no sign-in: no way leads to Logstash's inputs from outside."""
    logstash = yaml.safe_load((COMPOSE / "logs.yaml").read_text())["services"]["logstash"]
    assert logstash["networks"] == ["logs"]
    assert "ports" not in logstash
    ports = [
        port
        for path in COMPOSE.rglob("*.yaml")
        for port in re.findall(r"^ *ports: (\[.+\])$", path.read_text(), re.MULTILINE)
    ]
    assert len(ports) > 5
    open_to_others = [port for port in ports if not port.startswith('["127.0.0.1:')]
    assert open_to_others == ['["${GATEWAY_ADDRESS:-127.0.0.1}:${GATEWAY_PORT:-9443}:9443"]']
    assert config["networks"]["logs"]["internal"] is True


def test_every_dependency_waits_for_health_or_success(services: dict[str, Service]) -> None:
    """The order of the start is by health, never by time or by mere start."""
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if other in ONCE else "service_healthy"
            assert how["condition"] == expected, f"{name} -> {other}"


def entropy(text: str) -> float:
    """Return the bits of entropy per character of a text."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())


def test_no_secret_is_in_environment_labels_or_commands(services: dict[str, Service]) -> None:
    """Passwords travel as files: no variable names one by value, and nothing looks like a random token."""
    for name, service in services.items():
        for key, value in (service.get("environment") or {}).items():
            named = re.search(r"PASSWORD|SECRET|TOKEN|CREDENTIAL|_KEY", key)
            is_path = str(value).startswith("/run/secrets")
            assert not named or is_path, f"{name}: {key}"
        words = [
            *map(str, (service.get("environment") or {}).values()),
            *map(str, (service.get("labels") or {}).values()),
            *map(str, service.get("command") or []),
            *map(str, service.get("entrypoint") or []),
        ]
        tokens = [word for text in words for word in re.findall(r"[A-Za-z0-9_+-]{24,}", text)]
        assert [token for token in tokens if entropy(token) > 4.2] == [], name


def test_every_secret_is_a_file_of_the_secrets_folder(config: dict[str, Any]) -> None:
    """Compose reads secrets from git-ignored files that make_secrets writes, and from nowhere else."""
    for name, secret in config["secrets"].items():
        assert Path(secret["file"]) == SECRETS / name


def test_prometheus_keeps_traced_examples(services: dict[str, Service]) -> None:
    """Without them a heatmap has no dots that lead to logs."""
    assert "--enable-feature=exemplar-storage" in services["prometheus"]["command"]


def test_the_retention_of_prometheus_is_that_of_the_spec(services: dict[str, Service]) -> None:
    """The longest window of a KPI fits into what Prometheus keeps, because both read the same number."""
    retention = yaml.safe_load((ROOT / "spec" / "kpis.yaml").read_text())["settings"]["retention"]
    assert f"--storage.tsdb.retention.time={retention}" in services["prometheus"]["command"]


def test_production_has_no_simulation(variant: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`make up` starts no simulated service and no inbox, and alerts go to the real receivers."""
    monkeypatch.setattr(compose_cli, "RUN", tmp_path)
    stack = Stack("amaie-test", variant, demo=False)
    stack.save(build.images_of(variant))
    services = stack.config()["services"]
    assert not {"amaie-core", "amaie-trader", "launcher", "inbox"} & set(services)
    config = next(part for part in services["alertmanager"]["command"] if part.startswith("--config.file"))
    assert config.endswith("/alertmanager.yml")
    assert services["dashboard"]["environment"]["AMAIE_INBOX_URL"] == ""


def test_prometheus_can_find_every_name_that_it_looks_up(services: dict[str, Service]) -> None:
    """A name resolves only for who shares a network with it; else the target is missing without a word."""
    jobs = yaml.safe_load((ROOT / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    named = {name for job in jobs for one in job.get("dns_sd_configs", []) for name in one["names"]}
    assert {"dashboard", "kibana"} <= named
    own = set(services["prometheus"]["networks"])
    unseen = {name for name in named & set(services) if not own & set(services[name]["networks"])}
    assert unseen == set()


def test_a_probe_reaches_what_prometheus_finds(services: dict[str, Service]) -> None:
    """The prober asks, not Prometheus: it shares a network with every page."""
    own = set(services["blackbox-exporter"]["networks"])
    pages = {"dashboard", "grafana", "kibana"} & set(services)
    assert all(own & set(services[name]["networks"]) for name in pages)


def test_grafana_on_a_read_only_disk_leaves_its_plugins_alone(services: dict[str, Service]) -> None:
    """An update there takes a data source off and cannot put the new one in its place."""
    if "grafana" in services:
        environment = services["grafana"]["environment"]
        assert environment["GF_PLUGINS_PREINSTALL_AUTO_UPDATE"] == "false"
        assert environment["GF_PLUGINS_PREINSTALL_DISABLED"] == "true"


def test_grafana_starts_no_process_for_a_data_source_that_nobody_uses(services: dict[str, Service]) -> None:
    """Each is a plugin of its own in the image; those that our provisioning names stay."""
    if "grafana" in services:
        disabled = set(services["grafana"]["environment"]["GF_PLUGINS_DISABLE_PLUGINS"].split(","))
        sources = yaml.safe_load((ROOT / "grafana/provisioning/datasources/amaie.yaml").read_text())
        assert len(disabled) >= 10
        assert all(re.fullmatch(r"[a-z-]+", name) for name in disabled)
        assert not disabled & {one["type"] for one in sources["datasources"]}


@pytest.mark.parametrize(
    ("name", "mebibytes", "processes"),
    [("grafana", 1024, 512), ("kibana", 2048, 256), ("logstash", 1280, 512), ("elasticsearch", 1536, 1024)],
)
def test_a_large_service_has_the_memory_that_its_version_needs(
    name: str, mebibytes: int, processes: int, services: dict[str, Service]
) -> None:
    """Grafana 13 outgrows 512 MiB, Kibana needs 600 of heap to start; a fixed heap leaves half beside it."""
    if name in services:
        service = services[name]
        assert int(service["mem_limit"]) == mebibytes << 20
        assert service["pids_limit"] == processes
        environment = service["environment"]
        assert "NODE_OPTIONS" not in environment
        heaps = re.findall(r"-Xmx([0-9]+)m", str(environment))
        assert all(2 * int(heap) <= mebibytes for heap in heaps)


def test_a_link_from_a_message_keeps_the_sign_in(services: dict[str, Service]) -> None:
    """A strict cookie is not sent by whoever follows a link from Slack: Grafana would ask again."""
    if "grafana" in services:
        assert services["grafana"]["environment"]["GF_SECURITY_COOKIE_SAMESITE"] == "lax"


def test_a_large_disk_that_is_nearly_full_does_not_stop_elasticsearch() -> None:
    """Its marks are bytes that are left; by default they are shares, and 90 % of a large disk is no need."""
    settings = yaml.safe_load((ROOT / "elasticsearch" / "config" / "elasticsearch.yml").read_text())
    watermark = "cluster.routing.allocation.disk.watermark"
    left = [settings[f"{watermark}.{name}"] for name in ("low", "high", "flood_stage")]
    assert left == ["4gb", "2gb", "1gb"]


def test_a_start_is_waited_for_as_long_as_every_check_allows(services: dict[str, Service]) -> None:
    """Compose waits for whom others depend on; the last in a row must be able to use its time up."""
    longest = 0.0
    for service in services.values():
        check = service.get("healthcheck", {})
        if check and not check.get("disable"):
            once = _seconds(check["interval"]) + _seconds(check["timeout"])
            longest = max(longest, _seconds(check["start_period"]) + check["retries"] * once)
    assert longest < health.WAIT_SECONDS


def _seconds(text: str) -> float:
    units = {"h": 3600, "m": 60, "s": 1}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"([0-9.]+)([hms])", text))


@pytest.mark.parametrize("name", ["grafana", "kibana", "logstash", "elasticsearch"])
def test_a_slow_starter_has_three_minutes(name: str, services: dict[str, Service]) -> None:
    """On two cores beside its neighbours; a failed check within them is no failure."""
    if name in services:
        assert services[name]["healthcheck"]["start_period"] == "3m0s"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('{"status":{"overall":{"level":"available"}}}', 0),
        ('{"name":"k","status":{"overall":{"level":"degraded","summary":"x"},"core":{}}}', 0),
        ('{"status":{"overall":{"level":"unavailable"},"core":{"x":{"level":"available"}}}}', 1),
        ("Kibana server is not ready yet", 1),
    ],
)
def test_kibanas_check_reads_its_overall_level(
    said: str, code: int, services: dict[str, Service], tmp_path: Path
) -> None:
    """The command of Compose itself, with a curl that says what Kibana would."""
    if "kibana" not in services:
        return
    (tmp_path / "curl").write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\n")
    (tmp_path / "curl").chmod(0o755)
    command = services["kibana"]["healthcheck"]["test"][1].replace("$$", "$")
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert subprocess.run(["sh", "-c", command], env=environment, check=False).returncode == code


def test_no_check_names_a_version_of_the_engines_api(services: dict[str, Service]) -> None:
    """Docker 29 refuses 1.41, older engines refuse what it speaks: the proxy asks in the engine's own."""
    checks = [str(one.get("healthcheck", {}).get("test", "")) for one in services.values()]
    assert not [check for check in checks if re.search(r"/v1\.\d+", check)]
