"""What the delivery tests share: the spec with quick deliveries, and worlds to start.

Timing is the spec's, made short: the order of waits is kept, so a warning still waits for its critical.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from amaie_demo.inbox import Fault, Inbox
from generators.alertmanager import config as generator
from generators.shared import output
from generators.spec import kpispec
from generators.spec.channels import channel
from generators.spec.model import Severity
from integration.delivery.world import CONFIG, ROOT, World, lay_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generators.spec.model import Spec
    from support.containers import Alertmanager

QUICK = {
    Severity.CRITICAL: {"group_wait": "0s", "group_interval": "1s", "repeat_interval": "1h"},
    Severity.WARNING: {"group_wait": "2s", "group_interval": "1s", "repeat_interval": "1h"},
    Severity.NONE: {"group_wait": "0s", "group_interval": "2s", "repeat_interval": "1s"},
}


@pytest.fixture(scope="module")
def amaie() -> Spec:
    """Return the spec of AMAIE itself, with quick deliveries."""
    loaded = kpispec.load(ROOT / "spec" / "kpis.yaml")
    deliveries = tuple(one.model_copy(update=QUICK[one.severity]) for one in loaded.routing.deliveries)
    routing = loaded.routing.model_copy(update={"deliveries": deliveries, "mutes": ()})
    return loaded.model_copy(update={"routing": routing})


@pytest.fixture(scope="module")
def start(
    alertmanager: Callable[..., Alertmanager], tmp_path_factory: pytest.TempPathFactory, amaie: Spec
) -> Iterator[Callable[..., World]]:
    """Yield a function that starts an Alertmanager with an inbox; `faults` make channels ill."""
    with ExitStack() as stack:

        def begin(
            faults: dict[str, Fault] | None = None,
            change: Callable[[Spec], Spec] = lambda one: one,
            arguments: tuple[str, ...] = (),
        ) -> World:
            inbox = stack.enter_context(Inbox(http_port=0, smtp_port=0, faults=faults).running())
            ends = channel.Inbox("inbox", inbox.http_port, inbox.smtp_port)
            folder = lay_out(
                tmp_path_factory.mktemp("prometheus"),
                output.yaml_text(generator.config(change(amaie), ends)),
            )
            return World(alertmanager(folder, CONFIG, *arguments), inbox)

        yield begin
