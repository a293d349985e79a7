"""The state of each service, and waiting until all is well."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from operate import catalogue
from operate.build import OFFICIAL_ONLY
from operate.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from operate.compose_cli import Stack

GOOD = ("healthy", "done", "up")
WAIT_SECONDS = 420
"""Longer than the slowest check allows: three minutes to start, then six tries of twenty seconds."""

HEAL_SECONDS = 60
"""So long a service may be unhealthy: one whose partner was replaced says so until it has found it again."""

PLAIN_WIDTH = 130
COLOURS = {
    "healthy": "green",
    "done": "green",
    "running": "green",
    "up": "green",
    "starting": "yellow",
    "left out": "dim",
}


@dataclass(frozen=True)
class Row:
    """One line of the final table.

    Attributes:
        service: Its Compose name.
        state: healthy, done, up (a service that site.yaml adds, without a health check), starting, unhealthy,
            failed, stopped or left out.
        url: Where to open it, or empty.
        user: Who signs in, or empty where nobody has to.
        password: The file with that user's password, or empty.
        note: Why it is missing, or empty.
    """

    service: str
    state: str
    url: str = ""
    user: str = ""
    password: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return it for `--json`."""
        return asdict(self)


def state_of(container: dict[str, Any]) -> str:
    """Return the state of one container in the words of the table."""
    if container["State"] == "running":
        return container.get("Health") or "running"
    if container["State"] == "exited":
        return "done" if container["ExitCode"] == 0 else "failed"
    if container["State"] in ("created", "restarting"):
        return "starting" if container["State"] == "created" else "failed"
    return str(container["State"])


def rows(stack: Stack) -> list[Row]:
    """Return the state of every service that belongs to the stack, published ones first."""
    containers = {container["Service"]: container for container in stack.containers()}
    wanted = set(stack.config()["services"])
    found = []
    for service in sorted(wanted | set(OFFICIAL_ONLY), key=_order):
        if service not in wanted:
            found.append(Row(service, "left out", note=catalogue.LEFT_OUT))
        elif service not in containers:
            found.append(Row(service, "stopped"))
        else:
            state = state_of(containers[service])
            if state == "running" and service in stack.added:
                state = "up"
            address = stack.url(service)
            found.append(Row(service, state, address, *catalogue.sign_in(service)))
    return found


def wait(stack: Stack, tell: Callable[[str], None], seconds: float = WAIT_SECONDS) -> list[Row]:
    """Wait until every service is healthy or done.

    Raises:
        StackError: A service failed, or time ran out; the sentence names each and shows its last line.
    """
    deadline = time.monotonic() + seconds
    ill: dict[str, float] = {}
    while True:
        now = [row for row in rows(stack) if row.state != "left out"]
        waiting = [row for row in now if row.state not in GOOD]
        if not waiting:
            return now
        tell(f"waiting for {', '.join(row.service for row in waiting)}")
        moment = time.monotonic()
        ill = {row.service: ill.get(row.service, moment) for row in waiting if row.state == "unhealthy"}
        over = {service for service, since in ill.items() if moment - since > HEAL_SECONDS}
        failed = [row for row in waiting if row.state == "failed" or row.service in over]
        if failed or moment > deadline:
            raise StackError(*(_reason(stack, row) for row in failed or waiting))
        time.sleep(1)


def _reason(stack: Stack, row: Row) -> str:
    said = stack.run("logs", "--no-log-prefix", "--tail", "3", row.service).strip().splitlines()
    last = said[-1].strip() if said else "nothing"
    verb = "has" if row.state == "failed" else "is still" if row.state == "starting" else "is"
    return (
        f"{row.service} {verb} {row.state}; it said last: {last[:300]}; "
        f"cure: docker logs {stack.project}-{row.service}-1 shows the rest, make down stops everything"
    )


def print_table(found: list[Row], console: Console | None = None) -> None:
    """Print the final table; below it, what was left out and why."""
    console = console or Console(highlight=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    table = Table(box=None, pad_edge=False)
    for title in ("SERVICE", "STATE", "OPEN", "USER", "PASSWORD IN"):
        table.add_column(title, overflow="fold")
    for row in found:
        colour = COLOURS.get(row.state, "red")
        table.add_row(row.service, f"[{colour}]{row.state}[/{colour}]", row.url, row.user, row.password)
    console.print(table)
    missing = ", ".join(row.service for row in found if row.state == "left out")
    if missing:
        console.print(f"Left out: {missing}: {catalogue.LEFT_OUT}.", soft_wrap=True)


def _order(service: str) -> tuple[int, str]:
    published = list(catalogue.PUBLISHED)
    return (published.index(service) if service in published else len(published), service)
