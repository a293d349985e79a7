"""Pieces of HTML, escaped by construction: markupsafe's `format` quotes every value that is not markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup

from amaie_dashboard import text
from amaie_dashboard.charts import MOST_SERIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amaie_dashboard.catalogue import Panel
    from amaie_dashboard.hub import Hub, Source
    from amaie_dashboard.settings import Settings
    from amaie_dashboard.sources import Alert, Sample

SIGNS: Final = {
    "critical": "\N{BLACK DIAMOND}",
    "warning": "\N{BLACK UP-POINTING TRIANGLE}",
    "ok": "\N{CHECK MARK}",
}
WORDS: Final = {"critical": "critical", "warning": "warning", "ok": "ok", "none": "info"}


def join(parts: Iterable[Markup]) -> Markup:
    """Return pieces one after another."""
    return Markup("").join(parts)


def badge(state: str) -> Markup:
    """Return a state as sign, word and colour, so that none of them is needed alone."""
    return Markup('<span class="badge {0}"><span aria-hidden="true">{1}</span> {2}</span>').format(
        state, SIGNS.get(state, "\N{BULLET}"), WORDS.get(state, state)
    )


def age(since: float) -> Markup:
    """Return the time since a moment; the browser keeps it counting."""
    return Markup('<time class="age" data-since="{0:.0f}" title="{1}">…</time>').format(
        since, text.moment(since)
    )


def no_data(seen: float | None) -> Markup:
    """Return what stands where a value is missing: since when, never a zero."""
    since = f"no data since {text.clock(seen)}" if seen else "no data yet"
    return Markup('<span class="missing">{}</span>').format(since)


def value(panel: Panel, sample: Sample) -> Markup:
    """Return the newest value of a series with its state; the panel is as it is for that series."""
    state = panel.state(sample.value)
    sign = (
        Markup('<span class="sign" aria-hidden="true">{}</span> ').format(SIGNS[state])
        if state != "ok"
        else ""
    )
    number, space, unit = text.of_panel(panel, sample.value, sample.labels).partition(text.NARROW)
    shown = (
        Markup("{0}{1}<small>{2}</small>").format(number, space, unit)
        if panel.unit == "money"
        else number + space + unit
    )
    word = Markup('<span class="hidden"> ({})</span>').format(state) if state != "ok" else ""
    return Markup('<span class="value {0}">{1}{2}{3}</span>').format(state, sign, shown, word)


def values(hub: Hub, panel: Panel, samples: Iterable[Sample]) -> Markup:
    """Return the newest value of each series of a panel, named when there is more than one."""
    found = sorted(samples, key=lambda sample: text.series_name(panel, sample.labels))
    if not found:
        return no_data(hub.seen.get(panel.series))
    if len(found) == 1:
        return value(panel.of(found[0].labels, hub.limits), found[0])
    rows = (
        Markup("<li><span>{0}</span> {1}</li>").format(
            text.series_name(panel, each.labels), value(panel.of(each.labels, hub.limits), each)
        )
        for each in found[:MOST_SERIES]
    )
    left = len(found) - MOST_SERIES
    more = Markup('<li class="more">and {} more</li>').format(left) if left > 0 else ""
    return Markup('<ul class="values">{0}{1}</ul>').format(join(rows), more)


def _links(each: Alert, settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield word and address of where to look: on this site first, elsewhere only where it runs."""
    notes = each.annotations
    for key, word in (("live_url", "Live"), ("runbook_url", "Runbook")):
        if path := urlsplit(notes.get(key, "")).path:
            yield word, path
    if settings.grafana and notes.get("dashboard_url", "").startswith(settings.grafana):
        yield "Grafana", notes["dashboard_url"]
    if settings.kibana and notes.get("logs_url", "").startswith(settings.kibana):
        yield "Kibana", notes["logs_url"]
    service = each.labels.get("service") or each.labels.get("component", "")
    yield "Logs", "/logs?" + urlencode({"service": service, "level": "WARNING"})


def alert(each: Alert, settings: Settings) -> Markup:
    """Return a firing alert: what, how much, since when, and where to look."""
    names = ("service", "account", "exchange", "name", "queue")
    where = [each.labels[name] for name in names if name in each.labels] + ["muted"] * each.muted
    link = Markup('<a href="{1}">{0}</a>')
    return Markup(
        '<li class="alert {severity}{muted}"><div class="alert-top">{badge} <strong>{name}</strong> '
        '<span class="where">{where}</span>{age}</div><p>{summary}</p><p class="links">{links}</p></li>'
    ).format(
        severity=each.severity,
        muted=" muted" if each.muted else "",
        badge=badge(each.severity),
        name=each.name,
        where=" · ".join(where),
        age=age(each.since),
        summary=each.annotations.get("summary", ""),
        links=join(link.format(word, address) for word, address in _links(each, settings)),
    )


def sources(all_sources: Iterable[Source]) -> Markup:
    """Return how the sources do: one word when all is well, else which are away and since when."""
    away = [source for source in all_sources if source.away]
    if not away:
        return Markup('<span class="pill ok"><span aria-hidden="true">●</span> live</span>')
    return join(
        Markup(
            '<span class="pill away" role="status" title="{0}">'
            '<span aria-hidden="true">○</span> {1} away {2}</span>'
        ).format(source.error, source.name, age(source.failing_since or 0.0))
        for source in away
    )


def log_row(record: dict[str, Any]) -> Markup:
    """Return one log record as a row; its ids lead to the story they tell."""
    level = str(record.get("level", "INFO"))
    links = join(
        Markup('<a class="id" href="/logs/story?{0}" title="{1}: the whole story">{2}</a>').format(
            urlencode({name: record[name]}), name, str(record[name])[:12]
        )
        for name in ("order_id", "trace_id")
        if record.get(name)
    )
    stamp = str(record.get("@timestamp") or record.get("timestamp") or "")
    return Markup(
        '<li class="log {level}"><time title="{stamp}">{clock}</time><span class="level">{level}</span>'
        '<span class="service">{service}</span><span class="module">{module}</span>'
        '<span class="message">{message}</span><span class="ids">{links}</span></li>'
    ).format(
        level=level if level in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"} else "INFO",
        stamp=stamp,
        clock=stamp[11:23],
        service=record.get("service", ""),
        module=record.get("module", ""),
        message=record.get("message", ""),
        links=links,
    )
