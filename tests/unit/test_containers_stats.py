"""The numbers of one container, from answers of both generations of control groups."""

from __future__ import annotations

from typing import Any

import pytest

from amaie_exporters.containers import proxy
from amaie_exporters.containers.stats import Sample, cpu_quota, sample, seconds, working_set

LISTED: dict[str, Any] = {"Id": "a" * 64, "Image": "amaie/monitoring:1", "SizeRw": 4096}
INSPECTED: dict[str, Any] = {
    "Name": "/amaie-prometheus-1",
    "RestartCount": 2,
    "State": {"StartedAt": "2026-11-24T08:00:01.123456789Z"},
    "HostConfig": {"Memory": 1_610_612_736, "NanoCpus": 1_500_000_000},
}
STATS: dict[str, Any] = {
    "pids_stats": {"current": 8, "limit": 256},
    "cpu_stats": {
        "cpu_usage": {"total_usage": 6_771_528_741},
        "throttling_data": {"periods": 9, "throttled_time": 500_000_000},
    },
    "memory_stats": {"usage": 215_732_224, "stats": {"total_inactive_file": 57_524_224, "inactive_file": 1}},
    "networks": {"eth0": {"rx_bytes": 10, "tx_bytes": 3}, "eth1": {"rx_bytes": 5, "tx_bytes": 4}},
}


def test_three_answers_become_one_sample() -> None:
    """Every number is taken from its place and brought into its base unit."""
    assert sample(LISTED, INSPECTED, STATS) == Sample(
        name="amaie-prometheus-1",
        image="amaie/monitoring:1",
        cpu_seconds=6.771528741,
        memory_bytes=158_208_000,
        memory_limit_bytes=1_610_612_736,
        cpu_quota=150_000,
        written_bytes=4096,
        received_bytes=15,
        sent_bytes=7,
        processes=8,
        started=1795507201.123456,
        restarts=2,
        throttled_seconds=0.5,
    )


@pytest.mark.parametrize(
    ("limits", "quota"),
    [
        ({"NanoCpus": 500_000_000}, 50_000),
        ({"NanoCpus": 0, "CpuQuota": 40_000, "CpuPeriod": 20_000}, 200_000),
        ({"CpuQuota": 40_000, "CpuPeriod": 0}, 40_000),
        ({"NanoCpus": 0, "CpuQuota": -1}, None),
        ({}, None),
    ],
)
def test_a_processor_limit_is_told_for_one_period_however_it_was_set(
    limits: dict[str, int], quota: float | None
) -> None:
    """In processors or as a quota of any period; none is no series, as with cAdvisor."""
    assert cpu_quota(limits) == quota


def test_the_second_generation_of_control_groups_has_another_name_for_the_file_cache() -> None:
    """Version 2 says inactive_file, version 1 total_inactive_file; both are taken off."""
    assert working_set({"usage": 100, "stats": {"inactive_file": 40}}) == 60
    assert working_set({"usage": 100, "stats": {"total_inactive_file": 30, "inactive_file": 5}}) == 70


def test_a_working_set_is_never_negative() -> None:
    """The engine reads both numbers at different moments, so the cache may seem larger than the whole."""
    assert working_set({"usage": 10, "stats": {"inactive_file": 40}}) == 0


def test_a_container_without_network_or_limit_of_processes_has_zeros() -> None:
    """What a container does not have is nought, and its other numbers are still given."""
    found = sample(LISTED, INSPECTED, {key: STATS[key] for key in ("cpu_stats", "memory_stats")})
    assert (found.received_bytes, found.sent_bytes, found.processes) == (0, 0, 0)


def test_a_container_that_ended_meanwhile_is_told_by_a_missing_field() -> None:
    """The engine then answers statistics without memory; the caller leaves the container out."""
    with pytest.raises(KeyError):
        sample(LISTED, INSPECTED, STATS | {"memory_stats": {}})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:01Z", 1.0),
        ("1970-01-01T00:00:01.5Z", 1.5),
        ("1970-01-01T00:00:01.123456789Z", 1.123456),
    ],
)
def test_a_timestamp_of_any_precision_is_read(text: str, expected: float) -> None:
    """The engine writes none to nine decimals; microseconds are kept."""
    assert seconds(text) == expected


def test_of_an_inspected_container_no_environment_passes() -> None:
    """Environment, command line, mounts and labels stay with the proxy, whatever else the engine tells."""
    told = INSPECTED | {
        "Id": "a" * 64,
        "Args": ["--password=x"],
        "Mounts": [{"Source": "/"}],
        "Config": {"Env": ["TOKEN=x"], "Labels": {"a": "b"}},
        "HostConfig": {"Memory": 5, "Binds": ["/:/host"]},
        "State": {"StartedAt": "x", "Pid": 4},
    }
    assert proxy.inspected(told) == {
        "Id": "a" * 64,
        "Name": "/amaie-prometheus-1",
        "RestartCount": 2,
        "State": {"Status": None, "StartedAt": "x", "OOMKilled": None, "ExitCode": None},
        "HostConfig": {"Memory": 5, "NanoCpus": 0, "CpuQuota": 0, "CpuPeriod": 0},
    }
