"""The limits of the accounts as a table: what each may lose, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from amaie_dashboard import charts, text
from amaie_dashboard.pages import tables
from amaie_dashboard.pages.accounts import WHOSE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amaie_dashboard.catalogue import Catalogue
    from amaie_dashboard.hub import Hub


def table(hub: Hub, catalogue: Catalogue, chosen: Mapping[str, str]) -> Markup:
    """Return a row for each limit in force of the chosen accounts, or nothing where none is known.

    Args:
        hub: Has the limits and since when they hold.
        catalogue: Says what each limit is measured in.
        chosen: What the viewer looks at now, by label; an empty value is all.
    """
    units = {bound.limit: panel.unit for panel in catalogue.panels for bound in panel.bounds}
    whose = {name: chosen.get(name, "") for name in WHOSE}
    keys = [key for key in sorted(hub.limits) if charts.matches(dict(zip(WHOSE, key, strict=False)), whose)]
    if not keys:
        return Markup("")
    rows = (
        Markup("<tr><th scope=row>{0}</th><td>{1}</td><td>{2}</td><td>{3}</td></tr>").format(
            " · ".join(key[:2]),
            key[2],
            text.figure(hub.limits[key], units.get(key[2], "index"), 1 if key[2].endswith("_ratio") else 2),
            text.moment(since) if (since := hub.limits_since.get(key)) else "unknown",
        )
        for key in keys[: tables.MOST]
    )
    left = len(keys) - tables.MOST
    more = Markup('<p class="quiet">and {} more; choose an account</p>').format(left) if left > 0 else ""
    return Markup(
        '<section class="card accounts"><details><summary>Limits in force, and since when</summary>'
        "{0}{1}</details></section>"
    ).format(tables.grid(("account", "limit", "may lose", "since"), rows), more)
