"""What fires: counts, a list and a history of alerts, from the ALERTS series that Prometheus keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators import names
from generators.grafana import options
from generators.grafana.board import Annotation, Kind, Link, Panel, Query
from generators.grafana.style import COLOURS, GOOD
from generators.spec.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generators.grafana.board import Variable
    from generators.grafana.grid import Size
    from generators.spec.model import Family, Spec

COLUMNS = ("severity", "alertname", "alertstate", "Value", "family", "component")
CHOSEN = ("service", "account", "currency")
HIDDEN = ("Time", "__name__", "instance", "job", "kpi")


def matchers(family: Family | None, variables: Iterable[Variable], *more: str) -> str:
    """Return the matchers of the alerts that call a person, of one family or of all, as the variables choose.

    An alert that has a variable's label must have a chosen value; one without the label stays.
    """
    only = (f'family="{family.name}"',) if family else ()
    chosen = (f"{one.name}=~`(${{{one.name}:regex}})?`" for one in variables if one.name in CHOSEN)
    return ",".join((f'severity!="{Severity.NONE}"', *only, *more, *chosen))


def count_panel(severity: Severity) -> Panel:
    """Return the tile that counts the firing alerts of a severity."""
    chosen = f'alertstate="firing",severity="{severity}"'
    return Panel(
        key=f"alerts:{severity}",
        title=f"Firing, {severity}",
        kind=Kind.STAT,
        queries=(Query(f"count(ALERTS{{{chosen}}}) or vector(0)", "firing", instant=True),),
        description=f"Alerts of severity {severity} that fire now.",
        decimals=0,
        steps=({"color": GOOD, "value": None}, {"color": COLOURS[severity], "value": 1}),
    )


def list_panel(spec: Spec, family: Family | None, size: Size, variables: Iterable[Variable] = ()) -> Panel:
    """Return the table of firing and pending alerts, with how long each has been so."""
    variables = tuple(variables)
    since = f"ALERTS_FOR_STATE{{{matchers(family, variables)}}} * 1000"
    chosen = matchers(family, variables, 'alertstate=~"firing|pending"')
    query = f"ALERTS{{{chosen}}} * ignoring(alertstate) group_left() ({since})"
    organise = {
        "excludeByName": dict.fromkeys(HIDDEN, True),
        "indexByName": {name: number for number, name in enumerate(COLUMNS)},
        "renameByName": {"Value": "since"},
    }
    return Panel(
        key="alerts:list",
        title="Alerts that fire or are about to",
        kind=Kind.TABLE,
        queries=(Query(query, instant=True, format="table"),),
        description="Empty when all is well. The name of an alert leads to its runbook and its dashboard.",
        steps=({"color": GOOD, "value": None},),
        transformations=({"id": "organize", "options": organise},),
        overrides=_columns(spec),
        size=size,
    )


def history_panel(family: Family | None, size: Size, variables: Iterable[Variable] = ()) -> Panel:
    """Return when each alert was pending and when it fired, each account's by itself.

    Each point tells of all the time since the point before: in a month, an alert of minutes lies between two.
    """
    variables = tuple(variables)
    firing, pending = (
        f"max by (alertname, account, currency) (max_over_time(ALERTS{{{chosen}}}[$__rate_interval]))"
        for chosen in (
            matchers(family, variables, f'alertstate="{state}"') for state in ("firing", "pending")
        )
    )
    query = f"{firing} * 2 or {pending}"
    words = {"1": {"index": 0, "text": "pending"}, "2": {"index": 1, "text": "firing"}}
    return Panel(
        key="alerts:history",
        title="Alerts over time",
        kind=Kind.STATE_TIMELINE,
        queries=(Query(query, "{{alertname}} {{account}} {{currency}}"),),
        description="When each alert was pending and when it fired; empty when none was.",
        steps=({"color": COLOURS[Severity.WARNING], "value": None}, {"color": "red", "value": 2}),
        mappings=({"type": "value", "options": words},),
        size=size,
    )


def annotation(family: Family | None, variables: Iterable[Variable] = ()) -> Annotation:
    """Return the marks of firing alerts."""
    chosen = matchers(family, variables, 'alertstate="firing"')
    query = Query(f"max by (alertname, severity, component) (ALERTS{{{chosen}}})")
    return Annotation("Alerts", query, "red", title="{{alertname}} ({{severity}})")


def _columns(spec: Spec) -> tuple[dict[str, object], ...]:
    severities = {
        severity: {"color": colour, "index": number}
        for number, (severity, colour) in enumerate(COLOURS.items())
    }
    runbook = spec.settings.links.launcher + names.runbook_path("${__value.text}")
    dashboard = "/d/" + names.dashboard_uid("${__data.fields.family}") + "?${__url_time_range}"
    links = (Link("Runbook", runbook, new_tab=True), Link("Dashboard", dashboard))
    shown = [options.link(link) for link in links]
    return (
        _override(
            "severity",
            mappings=[{"type": "value", "options": severities}],
            **{"custom.cellOptions": {"type": "color-text"}, "custom.width": 90},
        ),
        _override("alertname", links=shown),
        _override("since", unit="dateTimeFromNow"),
    )


def _override(name: str, **properties: object) -> dict[str, object]:
    listed = [{"id": key, "value": value} for key, value in properties.items()]
    return {"matcher": {"id": "byName", "options": name}, "properties": listed}
