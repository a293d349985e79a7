"""Tables of figures whose rows lead somewhere: those that need a person first, and how many are left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup

from amaie_dashboard import fragments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amaie_dashboard.catalogue import Panel
    from amaie_dashboard.hub import Hub
    from amaie_dashboard.sources import Sample

MOST: Final = 50


class Row(NamedTuple):
    """A row: what it is of, where a click leads, whether it is what the viewer looks at, and its cells."""

    name: str
    address: str
    chosen: bool
    cells: tuple[Markup, ...]


def card(
    title: str, head: Iterable[str], rows: Iterable[Row], left: int, back: tuple[str, str] | None
) -> Markup:
    """Return the table under its title.

    Args:
        title: What stands above it.
        head: Names of its columns.
        rows: Its rows, at most `MOST`: a page of a thousand would take a second to draw, every two seconds.
        left: How many there are besides.
        back: Address and text of the way to all of them.
    """
    body = (
        Markup('<tr{0}><th scope=row><a href="{1}">{2}</a></th>{3}</tr>').format(
            Markup(' aria-current="true"') if row.chosen else "",
            row.address,
            row.name,
            fragments.join(Markup("<td>{}</td>").format(cell) for cell in row.cells),
        )
        for row in rows
    )
    more = Markup('<p class="quiet">and {} more</p>').format(left) if left > 0 else Markup("")
    every = Markup('<p class="quiet"><a href="{0}">{1}</a></p>').format(*back) if back else Markup("")
    return Markup('<section class="card accounts"><h2>{0}</h2>{1}{2}{3}</section>').format(
        title, grid(head, body), more, every
    )


def grid(head: Iterable[str], body: Iterable[Markup]) -> Markup:
    """Return rows under the names of their columns."""
    return Markup("<table><thead><tr>{0}</tr></thead><tbody>{1}</tbody></table>").format(
        fragments.join(Markup("<th scope=col>{}</th>").format(name) for name in head), fragments.join(body)
    )


def figure(hub: Hub, panel: Panel, sample: Sample | None) -> Markup:
    """Return a figure with its state by the limits of whom it is of, or that there is none."""
    if sample is None:
        return fragments.no_data(None)
    return fragments.value(panel.of(sample.labels, hub.limits), sample)
