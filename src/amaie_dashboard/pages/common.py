"""What several pages share: greying of data whose source is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from amaie_dashboard import fragments

if TYPE_CHECKING:
    from collections.abc import Callable

    from amaie_dashboard.live import Site


def stale(site: Site, name: str, render: Callable[[], Markup], *, note: bool = True) -> Callable[[], Markup]:
    """Return a rendering that greys its content, and says how old it is, while its source is away."""

    def shown() -> Markup:
        source = site.hub.sources[name]
        if not source.away:
            return Markup("<div>{}</div>").format(render())
        told = Markup("")
        if note:
            since = fragments.age(source.answered) if source.answered else Markup("never seen")
            told = Markup('<p class="stale-note">{0} Data are {1} old.</p>').format(source.error, since)
        return Markup('{0}<div class="stale">{1}</div>').format(told, render())

    return shown
