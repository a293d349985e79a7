"""What the strategies and symbols of the accounts have made, as tables, the least first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from amaie_dashboard import charts, fragments
from amaie_dashboard.pages import tables
from amaie_dashboard.pages.accounts import WHOSE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amaie_dashboard.catalogue import Catalogue, Panel
    from amaie_dashboard.hub import Hub
    from amaie_dashboard.sources import Sample

PARTS: Final = {"strategy": ("Strategies", "every strategy"), "symbol": ("Symbols", "every symbol")}
"""Labels that an account's figures are divided by: the title of their table, and the way back to all."""


def both(
    hub: Hub, catalogue: Catalogue, chosen: Mapping[str, str], address: Callable[[dict[str, str]], str]
) -> Markup:
    """Return the tables that have a row.

    Args:
        hub: Has the figures.
        catalogue: Says which figures are those of a strategy or symbol.
        chosen: What the viewer looks at now, by label; of a chosen account, its own rows are shown alone.
        address: Returns where a row leads, by its labels.
    """
    return fragments.join(_table(hub, catalogue, label, chosen, address) for label in PARTS)


def columns(catalogue: Catalogue, label: str) -> tuple[Panel, ...]:
    """Return the figures that an account has for each value of a label; the first one orders the rows."""
    return tuple(panel for panel in catalogue.money if {*WHOSE, label} == set(panel.labels))


def _table(
    hub: Hub,
    catalogue: Catalogue,
    label: str,
    chosen: Mapping[str, str],
    address: Callable[[dict[str, str]], str],
) -> Markup:
    panels, by = columns(catalogue, label), (*WHOSE, label)
    whose = {name: chosen.get(name, "") for name in WHOSE}
    shares: dict[tuple[str, ...], dict[str, Sample]] = {}
    for panel in panels:
        for sample in hub.values.get(panel.series, ()):
            if charts.matches(sample.labels, whose):
                shares.setdefault(tuple(sample.labels.get(name, "") for name in by), {})[panel.series] = (
                    sample
                )
    if not shares:
        return Markup("")

    def order(each: tuple[tuple[str, ...], dict[str, Sample]]) -> tuple[bool, float, tuple[str, ...]]:
        figure = each[1].get(panels[0].series)
        return figure is None, figure.value if figure else 0.0, each[0]

    rows = sorted(shares.items(), key=order)
    looked_at = tuple(chosen.get(name, "") for name in by)
    title, every = PARTS[label]
    return tables.card(
        title,
        (label, "account", *(panel.title for panel in panels)),
        [
            tables.Row(
                names[-1],
                address(dict(zip(by, names, strict=True))),
                names == looked_at,
                (
                    Markup("{}").format(" · ".join(names[:-1])),
                    *(tables.figure(hub, panel, found.get(panel.series)) for panel in panels),
                ),
            )
            for names, found in rows[: tables.MOST]
        ],
        len(rows) - tables.MOST,
        (address({label: ""}), every) if chosen.get(label) else None,
    )
