"""The limits of the accounts as a table: what each may lose, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from amaie_dashboard import fragments, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amaie_dashboard.catalogue import Catalogue
    from amaie_dashboard.hub import Hub

MOST: Final = 50


def table(hub: Hub, catalogue: Catalogue, chosen: Mapping[str, str]) -> Markup:
    """Return a row for each limit in force of the chosen accounts, or nothing where none is known.

    Args:
        hub: Has the limits and since when they hold.
        catalogue: Says what each limit is measured in.
        chosen: What the viewer looks at now, by label; an empty value is all.
    """
    units = {bound.limit: panel.unit for panel in catalogue.panels for bound in panel.bounds}
    wanted = (chosen.get("account", ""), chosen.get("currency", ""))
    keys = [
        key
        for key in sorted(hub.limits)
        if all(value in ("", own) for value, own in zip(wanted, key, strict=False))
    ]
    if not keys:
        return Markup("")
    rows = fragments.join(
        Markup("<tr><th scope=row>{0}</th><td>{1}</td><td>{2}</td><td>{3}</td></tr>").format(
            " · ".join(key[:2]),
            key[2],
            text.figure(hub.limits[key], units.get(key[2], "index"), 1 if key[2].endswith("_ratio") else 2),
            text.moment(since) if (since := hub.limits_since.get(key)) else "unknown",
        )
        for key in keys[:MOST]
    )
    left = len(keys) - MOST
    more = Markup('<p class="quiet">and {} more; choose an account</p>').format(left) if left > 0 else ""
    return Markup(
        '<section class="card accounts"><details><summary>Limits in force, and since when</summary><table>'
        "<thead><tr><th scope=col>account</th><th scope=col>limit</th><th scope=col>may lose</th>"
        "<th scope=col>since</th></tr></thead><tbody>{0}</tbody></table>{1}</details></section>"
    ).format(rows, more)
