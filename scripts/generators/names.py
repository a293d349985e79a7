"""Every name that is derived from the spec: spelled here and nowhere else."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generators.spec.model import Alert, Family, Figure, Kpi

KPIS = "spec/kpis.yaml"
LOGS = "spec/logs.yaml"
COMPOSE = "compose/compose.yaml"
"""The files that everything is generated from."""

NAMESPACE = "default"
"""The Elastic data stream namespace of one deployment."""

DATASETS = {"logs": "amaie", "rejected": "amaie.rejected"}
"""Each stream of `spec/logs.yaml` -> its dataset; roles, pipelines and the data source are held to it."""

LOGS_DATA_VIEW = "amaie-logs"
LOGS_DASHBOARD = "amaie-log-overview"
ERRORS_SEARCH = "amaie-errors"
TRADE_SEARCH = "amaie-trade-audit-trail"
TRACE_SEARCH = "amaie-trace"
REJECTED_SEARCH = "amaie-rejected-lines"
PROMETHEUS_UID = "prometheus"
ELASTICSEARCH_UID = "elasticsearch"
ALERTMANAGER_UID = "alertmanager"
OVERVIEW_UID = "amaie-overview"
WATCHDOG = "Watchdog"
"""The alert that always fires, so that its silence is noticed."""


LIMIT = "amaie_limit"
"""What an installation sets: for the account that its label names, else for all without one of their own."""

LIMIT_DEFAULT = "limit:amaie_limit:default"
"""The default of each limit, from the spec."""

LIMIT_IN_FORCE = "account_currency_limit:amaie_limit:in_force"
"""The limit that counts for an account and currency: its own, else the installation's, else the spec's."""

LIMIT_SINCE = "account_currency_limit:amaie_limit:since"
"""When the limit in force became what it is, in seconds since 1970; at first, when it was first seen."""

LIMIT_KNOWN = "account_currency_limit:amaie_limit:known"
"""The limit in force as it was last known, also while the account is away."""

LIMITS_GROUP = "amaie-limits"
"""The group of rules that records the limits; no family's group is called so."""

LIMITS_SINCE_GROUP = "amaie-limits-1m"
"""The group that records since when each holds: nobody waits for it, so it need not be as quick."""


def recorded(figure: Figure) -> str:
    """Return the series that a formula is recorded as, in Prometheus' `level:metric:operations` form."""
    level = "_".join(figure.labels) or "all"
    return f"{level}:amaie_{figure.metric}:{figure.operation}"


def dashboard_uid(family: Family | str) -> str:
    """Return the stable uid of a family's Grafana dashboard."""
    return f"amaie-{family if isinstance(family, str) else family.name}"


def runbook_path(alert: Alert | str) -> str:
    """Return the path below the launcher at which an alert's runbook is served."""
    return f"/runbooks/{alert if isinstance(alert, str) else alert.name}"


def panel_path(family: Family | str, panel: Kpi | str) -> str:
    """Return the path below Grafana of one panel of a family's dashboard, alone on the screen."""
    return f"/d/{dashboard_uid(family)}?viewPanel=panel-{panel_id(panel)}"


def panel_id(panel: Kpi | str) -> int:
    """Return the stable, positive 31-bit id of a KPI's panel, or of a panel known by *panel*'s text."""
    text = panel if isinstance(panel, str) else panel.name
    return zlib.crc32(text.encode()) & 0x7FFFFFFF or 1


def state_words(kpi: Kpi) -> tuple[str, ...]:
    """Return what the values 0, 1, … of a state are called."""
    return kpi.words or ("no", "yes")


def live_path(kpi: Kpi) -> str:
    """Return the path below the launcher at which a KPI's live figures are shown."""
    return f"/kpis/{kpi.name}"


def stream(name: str, namespace: str = NAMESPACE) -> str:
    """Return what Elasticsearch calls a stream; with the namespace `*`, the pattern of all its namespaces."""
    return f"logs-{DATASETS[name]}-{namespace}"


LOGS_STREAM = stream("logs")
REJECTED_STREAM = stream("rejected")


def alerts_file(family: str) -> str:
    """Return the name of the file with a family's alert rules."""
    return f"alerts-{family}.yml"


def rule_group(family: str, kind: str) -> str:
    """Return the name of a group of rules: `amaie-<family>-<interval or alerts>`."""
    return f"amaie-{family}-{kind}"
