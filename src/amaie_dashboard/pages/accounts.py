"""The accounts as a table, the one that needs a person first: a crowd of curves tells nobody which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from amaie_dashboard import fragments
from amaie_dashboard.pages import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from amaie_dashboard.catalogue import Catalogue, Panel
    from amaie_dashboard.hub import Hub
    from amaie_dashboard.sources import Sample

WHOSE: Final = ("account", "currency")
_ORDER: Final = ("critical", "warning", "ok")


def table(
    hub: Hub, catalogue: Catalogue, chosen: Mapping[str, str], address: Callable[[dict[str, str]], str]
) -> Markup:
    """Return a row for each account and currency, or nothing where there is only one.

    Args:
        hub: Has the figures and the limits in force.
        catalogue: Says which figures are those of an account.
        chosen: What the viewer looks at now, by label.
        address: Returns where a row leads, by its labels.
    """
    panels = columns(catalogue)
    accounts: dict[tuple[str, ...], dict[str, Sample]] = {}
    for panel in panels:
        for sample in hub.values.get(panel.series, ()):
            whose = tuple(sample.labels.get(label, "") for label in WHOSE)
            accounts.setdefault(whose, {})[panel.series] = sample
    if len(accounts) < 2:  # noqa: PLR2004
        return Markup("")
    rows = sorted(accounts.items(), key=lambda each: (_ORDER.index(state(hub, panels, each[1])), each[0]))
    looked_at = tuple(chosen.get(label, "") for label in WHOSE)
    return tables.card(
        "Accounts",
        ("account", "state", *(panel.title for panel in panels)),
        [
            tables.Row(
                " · ".join(whose),
                address(dict(zip(WHOSE, whose, strict=True))),
                whose == looked_at,
                (
                    fragments.badge(state(hub, panels, found)),
                    *(tables.figure(hub, panel, found.get(panel.series)) for panel in panels),
                ),
            )
            for whose, found in rows[: tables.MOST]
        ],
        len(rows) - tables.MOST,
        (address(dict.fromkeys(WHOSE, "")), "every account") if any(looked_at) else None,
    )


def columns(catalogue: Catalogue) -> tuple[Panel, ...]:
    """Return what stands in the table: profit and loss, and every figure of an account that can page."""
    return tuple(
        panel
        for panel in catalogue.money
        if set(WHOSE) == set(panel.labels)
        and (panel.series in catalogue.roles.pnl or any(one.severity == "critical" for one in panel.bounds))
    )


def state(hub: Hub, panels: Iterable[Panel], found: Mapping[str, Sample]) -> str:
    """Return the worst state of an account's figures, by its own limits."""
    states = {
        panel.of(sample.labels, hub.limits).state(sample.value)
        for panel in panels
        if (sample := found.get(panel.series)) is not None
    }
    return next((one for one in _ORDER if one in states), "ok")
