"""Every name that is derived from the spec: spelled here and nowhere else."""

from __future__ import annotations

from stackgen.model import Alert, Family, Kpi

NAMESPACE = "default"
"""The Elastic data stream namespace of one deployment."""

LOGS_STREAM = f"logs-amaie-{NAMESPACE}"
REJECTED_STREAM = f"logs-amaie.rejected-{NAMESPACE}"
LOGS_DATA_VIEW = "amaie-logs"
PROMETHEUS_UID = "prometheus"
ELASTICSEARCH_UID = "elasticsearch"
ALERTMANAGER_UID = "alertmanager"


def recorded(kpi: Kpi) -> str:
    """Return the recorded series of a KPI in Prometheus' `level:metric:operations` form."""
    level = "_".join(kpi.labels) or "all"
    return f"{level}:amaie_{kpi.metric}:{kpi.operation}"


def dashboard_uid(family: Family | str) -> str:
    """Return the stable uid of a family's Grafana dashboard."""
    return f"amaie-{family if isinstance(family, str) else family.name}"


def runbook_path(alert: Alert) -> str:
    """Return the path below the launcher at which an alert's runbook is served."""
    return f"/runbooks/{alert.name}"
