"""Addresses in an alert: the panel, the logs, the runbook and the live page, for one firing series.

Each address is defined once and filled in twice: with Prometheus template text for the rule
(`TEMPLATE`), and with concrete values for the alert's unit test and the runbook (`Rendered`).
Prometheus runs annotations through Go's `text/template`: label values are escaped there with
`reReplaceAll` and Go's own `urlquery` (its "+" for a space becomes "%20", which every part of a URL
understands). Times are those of the evaluation, 15 minutes before and after.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from generators import names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generators.spec.model import Alert, Kpi, Spec

AROUND = 900
"""Seconds before and after the evaluation that a linked panel or log query shows."""

LOG_LEVELS = ("WARNING", "ERROR", "CRITICAL")
LOG_COLUMNS = ("level", "service", "module", "message")

_KQL_SPECIAL = r'(["\\])'  # escaped by a backslash inside a quoted KQL string
_RISON_SPECIAL = "([!'])"  # escaped by "!" inside a quoted rison string
_KQL, _RISON = re.compile(_KQL_SPECIAL), re.compile(_RISON_SPECIAL)


class Fill(Protocol):
    """Puts label values and times into an address, already escaped for their place."""

    def label(self, name: str) -> str:
        """Return a label's value for a URL's query."""

    def label_in_kql(self, name: str) -> str | None:
        """Return a label's value for a quoted KQL string in rison in a URL; None does not ask for it."""

    def millis(self, offset: int) -> str:
        """Return the milliseconds since the epoch, `offset` seconds after the evaluation."""

    def iso(self, offset: int) -> str:
        """Return the ISO 8601 time in UTC, `offset` seconds after the evaluation."""


class Template:
    """Fills with Prometheus template text, which the rule renders when it fires."""

    def label(self, name: str) -> str:
        """See `Fill`."""
        return "{{ $labels." + name + ' | urlquery | reReplaceAll "[+]" "%20" }}'

    def label_in_kql(self, name: str) -> str:
        """See `Fill`."""
        kql = f"reReplaceAll `{_KQL_SPECIAL}` `\\${{1}}`"
        rison = f"reReplaceAll `{_RISON_SPECIAL}` `!${{1}}`"
        return "{{ $labels." + f"{name} | {kql} | {rison}" + ' | urlquery | reReplaceAll "[+]" "%20" }}'

    def millis(self, offset: int) -> str:
        """See `Fill`."""
        query = f'query "(time() + {offset}) * 1000"'
        return "{{ with " + query + ' }}{{ . | first | value | printf "%.0f" }}{{ end }}'

    def iso(self, offset: int) -> str:
        """See `Fill`."""
        text = '{{ (. | first | value | toTime).Format "2006-01-02T15:04:05.000Z" }}'
        return '{{ with query "vector(time() + ' + str(offset) + ')" }}' + text + "{{ end }}"


@dataclass(frozen=True)
class Rendered:
    """Fills with values: what the template becomes for these labels at that time (seconds since 1970)."""

    labels: Mapping[str, str]
    time: float

    def label(self, name: str) -> str:
        """See `Fill`."""
        return quote(self.labels.get(name, ""), safe="")

    def label_in_kql(self, name: str) -> str:
        """See `Fill`."""
        kql = _KQL.sub(r"\\\1", self.labels.get(name, ""))
        return quote(_RISON.sub(r"!\1", kql), safe="")

    def millis(self, offset: int) -> str:
        """See `Fill`."""
        return f"{(self.time + offset) * 1000:.0f}"

    def iso(self, offset: int) -> str:
        """See `Fill`."""
        moment = datetime.fromtimestamp(self.time + offset, tz=UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


class Recent:
    """Fills with the last minutes and with every series: for a page that is read at any time."""

    def label(self, name: str) -> str:  # noqa: ARG002 - every label has the same answer
        """See `Fill`; Grafana's own word for all values of a variable."""
        return "%24__all"

    def label_in_kql(self, name: str) -> None:
        """See `Fill`; the query is not narrowed."""

    def millis(self, offset: int) -> str:
        """See `Fill`; in Grafana's relative form."""
        return self.iso(offset)

    def iso(self, offset: int) -> str:
        """See `Fill`; in the relative form that Kibana shares with Grafana."""
        return f"now-{-offset // 60}m" if offset < 0 else "now"


TEMPLATE = Template()


def dashboard_url(spec: Spec, kpi: Kpi, fill: Fill = TEMPLATE) -> str:
    """Return the address of the KPI's panel in Grafana, its variables set to the series that fires."""
    query = [
        f"viewPanel=panel-{names.panel_id(kpi)}",
        f"from={fill.millis(-AROUND)}",
        f"to={fill.millis(AROUND)}",
    ]
    query += [f"var-{label}={fill.label(label)}" for label in kpi.labels]
    uid = names.dashboard_uid(kpi.family)
    return f"{spec.settings.links.grafana}/d/{uid}/{kpi.family}?{'&'.join(query)}"


def logs_url(spec: Spec, kpi: Kpi, alert: Alert, fill: Fill = TEMPLATE) -> str:
    """Return the address of the service's warnings and errors of that time in Kibana's Discover."""
    label = None if alert.service or "service" not in kpi.labels else fill.label_in_kql("service")
    named = whose(spec, alert) if label is None else ("SERVICE",)
    kql = quote(logs_query(*named), safe=":()")
    kql = kql if label is None else kql.replace("SERVICE", label)
    time = f"time:(from:'{fill.iso(-AROUND)}',to:'{fill.iso(AROUND)}')"
    state = (
        f"columns:!({','.join(LOG_COLUMNS)}),"
        f"dataSource:(dataViewId:{names.LOGS_DATA_VIEW},type:dataView),"
        f"query:(language:kuery,query:'{kql}'),"
        "sort:!(!('@timestamp',desc))"
    )
    return f"{spec.settings.links.kibana}/app/discover#/?_g=({time})&_a=({state})"


def logs_query(*services: str) -> str:
    """Return the KQL that finds the warnings and errors of some services, or of all if none is named."""
    levels = " or ".join(f'"{level}"' for level in LOG_LEVELS)
    return f"{of_services(services)}level:({levels})"


def of_services(services: tuple[str, ...]) -> str:
    """Return the beginning of a KQL that narrows it to some services; empty if none is named."""
    quoted = " or ".join(f'"{service}"' for service in services)
    if len(services) > 1:
        quoted = f"({quoted})"
    return f"service:{quoted} and " if services else ""


def whose(spec: Spec, alert: Alert) -> tuple[str, ...]:
    """Return the services whose logs explain an alert that names a role."""
    return spec.instances(alert.service) if alert.service else ()


def runbook_url(spec: Spec, alert: Alert) -> str:
    """Return the address of the alert's generated runbook page."""
    return spec.settings.links.launcher + names.runbook_path(alert)


def live_url(spec: Spec, kpi: Kpi) -> str:
    """Return the address of the KPI on the launcher's live dashboard."""
    return spec.settings.links.launcher + names.live_path(kpi)
