"""The figures that can call somebody, each with a bar that fills towards the limit of its own account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from amaie_dashboard import fragments, text

if TYPE_CHECKING:
    from amaie_dashboard.catalogue import Bound, Catalogue, Panel
    from amaie_dashboard.hub import Hub
    from amaie_dashboard.sources import Sample

MOST: Final = 12
_SCALE: Final = 1.25  # the bar of a limit reaches this much further than the limit


def limited(catalogue: Catalogue) -> list[Panel]:
    """Return the figures of the account that have a critical bound: what money is at risk by."""
    return [panel for panel in catalogue.money if _critical(panel)]


def _critical(panel: Panel) -> bool:
    return any(bound.severity == "critical" for bound in panel.bounds)


def bar(hub: Hub, panel: Panel, sample: Sample | None) -> Markup:
    """Return a figure, and a bar that fills towards its critical bound where there is a way to it."""
    panel = panel.of(sample.labels, hub.limits) if sample else panel
    shown = fragments.value(panel, sample) if sample else fragments.no_data(hub.seen.get(panel.series))
    whose = text.series_name(panel, sample.labels) if sample and panel.labels else ""
    row = Markup(
        '<div class="row"><a href="{0}">{1}</a><span class="soft">{2}</span><b>{3}</b></div>'
    ).format(panel.path, panel.title, whose, shown)
    limit = panel.limit
    bar = _track(panel, limit, sample) if limit else ""
    return Markup('<div class="limit">{0}{1}</div>').format(row, bar)


def _track(panel: Panel, limit: Bound, sample: Sample | None) -> Markup:
    """Return how much of the limit is used, with the bounds on the way to it marked."""
    end = limit.bound * _SCALE
    share = min(1.0, max(0.0, sample.value / end)) if sample else 0.0
    lines = fragments.join(
        Markup('<span class="mark-line {0}" style="left:{1:.2f}%"></span>').format(
            bound.severity, 100 * bound.bound / end
        )
        for bound in panel.bounds
        if bound.compare == limit.compare and 0 <= bound.bound / end <= 1
    )
    name = Markup('<span style="left:{0:.2f}%">{1} {2}</span>').format(
        100 / _SCALE,
        limit.severity,
        text.figure(limit.bound, panel.unit, 1 if panel.unit == "ratio" else 0),
    )
    return Markup(
        '<div class="track" role="img" aria-label="{title}: {percent:.0f} % of the limit">'
        '<span class="fill {state}" style="width:{width:.2f}%"></span>{lines}</div>'
        '<div class="marks">{name}</div>'
    ).format(
        title=panel.title, percent=100 * share * _SCALE, state=panel.state(sample.value) if sample else "ok",
        width=100 * share, lines=lines, name=name,
    )  # fmt: skip


def _used(hub: Hub, panel: Panel, sample: Sample | None) -> float:
    """Return the share of its limit that a figure has used; below 0 where there is no way to one."""
    limit = panel.of(sample.labels, hub.limits).limit if sample else None
    return max(0.0, sample.value / limit.bound) if sample and limit else -1.0


def nearest(hub: Hub, catalogue: Catalogue) -> Markup:
    """Return the limits of which most is used, of all accounts."""
    found = [
        (panel, sample)
        for panel in limited(catalogue)
        if panel.unit in {"money", "ratio"}
        for sample in (hub.values.get(panel.series) or (None,))
        if _critical(panel.of(sample.labels if sample else {}, hub.limits))
    ]
    if len(found) > MOST:
        found.sort(key=lambda each: -_used(hub, *each))
    left = len(found) - MOST
    more = (
        [Markup('<p class="quiet">and {} more, of which less is used</p>').format(left)] if left > 0 else []
    )
    return fragments.join([*(bar(hub, *each) for each in found[:MOST]), *more])
