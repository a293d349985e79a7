"""From the engine's answers to numbers: pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

NANO = 1e9
CPU_PERIOD = 100_000
"""Microseconds: the kernel's and the engine's usual period of a processor limit."""


@dataclass(frozen=True)
class Sample:
    """The state of one running container.

    Attributes:
        name: Its name, without the engine's slash.
        image: Its image, as it was started.
        cpu_seconds: Processor time used since its start.
        memory_bytes: The working set: memory in use without file cache that can be dropped at once.
        memory_limit_bytes: Its limit; 0 means none.
        cpu_quota: Microseconds of processor time that it may use in each `CPU_PERIOD`; None means no limit.
        written_bytes: What it wrote into its own file system, volumes not counted; None if unknown.
        received_bytes: Network bytes in, over all its networks.
        sent_bytes: Network bytes out.
        processes: Processes and threads.
        started: Start time, seconds of the epoch.
        restarts: How often the engine has restarted it.
        throttled_seconds: Time it waited because of its processor limit.
    """

    name: str
    image: str
    cpu_seconds: float
    memory_bytes: int
    memory_limit_bytes: int
    cpu_quota: float | None
    written_bytes: int | None
    received_bytes: int
    sent_bytes: int
    processes: int
    started: float
    restarts: int
    throttled_seconds: float


def sample(listed: dict[str, Any], inspected: dict[str, Any], stats: dict[str, Any]) -> Sample:
    """Join the three answers about one running container.

    Args:
        listed: Its entry in the list of containers.
        inspected: Its state and limits.
        stats: Its one-shot statistics, of control groups version 1 or 2.

    Raises:
        KeyError: An answer lacks a field; the container ended in between.
    """
    networks = stats.get("networks") or {}
    cpu = stats["cpu_stats"]
    return Sample(
        name=inspected["Name"].removeprefix("/"),
        image=listed["Image"],
        cpu_seconds=cpu["cpu_usage"]["total_usage"] / NANO,
        memory_bytes=working_set(stats["memory_stats"]),
        memory_limit_bytes=inspected["HostConfig"]["Memory"],
        cpu_quota=cpu_quota(inspected["HostConfig"]),
        written_bytes=listed.get("SizeRw"),
        received_bytes=sum(network["rx_bytes"] for network in networks.values()),
        sent_bytes=sum(network["tx_bytes"] for network in networks.values()),
        processes=stats.get("pids_stats", {}).get("current", 0),
        started=seconds(inspected["State"]["StartedAt"]),
        restarts=inspected["RestartCount"],
        throttled_seconds=cpu.get("throttling_data", {}).get("throttled_time", 0) / NANO,
    )


def cpu_quota(limits: dict[str, Any]) -> float | None:
    """Return the processor limit for each `CPU_PERIOD`, from processors (`--cpus`) or a quota of a period."""
    if limits.get("NanoCpus"):
        return float(limits["NanoCpus"]) / NANO * CPU_PERIOD
    if limits.get("CpuQuota", 0) > 0:
        return float(limits["CpuQuota"]) / (limits.get("CpuPeriod") or CPU_PERIOD) * CPU_PERIOD
    return None


def working_set(memory: dict[str, Any]) -> int:
    """Return the memory in use less the file cache that the kernel may drop, as cAdvisor does."""
    details = memory.get("stats", {})
    droppable = details.get("total_inactive_file", details.get("inactive_file", 0))
    return max(int(memory["usage"]) - int(droppable), 0)


def seconds(timestamp: str) -> float:
    """Return the epoch seconds of the engine's timestamp, which has up to nine decimals."""
    whole, _, fraction = timestamp.removesuffix("Z").partition(".")
    micros = (fraction + "000000")[:6]
    return datetime.fromisoformat(f"{whole}.{micros}+00:00").timestamp()
