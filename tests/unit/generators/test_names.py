"""Derived names: their form, and that two things never share one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import generate
from generators import names

if TYPE_CHECKING:
    from pathlib import Path

    from generators.spec.model import Model


def test_a_recorded_series_names_its_labels_metric_and_operation(small: Model) -> None:
    """The form is Prometheus' own for recorded series, level:metric:operations."""
    cash, service_time, *_ = small.spec.kpis
    assert names.recorded(cash) == "drawer:amaie_shop_cash:current"
    assert names.recorded(service_time) == "all:amaie_shop_service_duration_seconds:p95_5m"
    assert names.recorded(small.spec.recordings[0]) == "all:amaie_shop_receipts:count_1h"


def test_addresses_do_not_depend_on_the_order_of_the_spec(small: Model) -> None:
    """Links in old notifications still lead to the right panel after the spec has grown."""
    cash, *_ = small.spec.kpis
    assert names.dashboard_uid("shop") == "amaie-shop"
    assert names.dashboard_uid(small.spec.families[0]) == "amaie-shop"
    assert names.runbook_path(cash.alerts[0]) == "/runbooks/CashLow"
    assert names.live_path(cash) == "/kpis/cash"
    assert names.panel_id(cash) == names.panel_id("cash") == 112846265


def test_no_two_panels_share_an_id(root: Path) -> None:
    """Ids are checksums of names; those of the real spec do not collide."""
    ids = [names.panel_id(kpi) for kpi in generate.load(root).spec.kpis]
    assert len(set(ids)) == len(ids)


def test_log_streams_follow_elastic_s_naming() -> None:
    """Type, dataset and namespace, joined by dashes."""
    assert names.LOGS_STREAM == names.stream("logs") == "logs-amaie-default"
    assert names.REJECTED_STREAM == names.stream("rejected") == "logs-amaie.rejected-default"
