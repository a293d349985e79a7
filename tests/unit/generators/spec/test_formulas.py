"""Which series formulas may read: those of our metrics, of exporters, of recordings and of Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generators.spec import formulas
from generators.spec.promql import Series

if TYPE_CHECKING:
    from generators.spec.model import Model

TARGET = frozenset({"instance", "job", "role", "service"})


@pytest.mark.parametrize(
    ("name", "series"),
    [
        ("amaie_shop_cash", Series(TARGET | frozenset({"drawer"}), rises=False)),
        ("amaie_shop_receipts_total", Series(TARGET, rises=True)),
        ("amaie_shop_service_duration_seconds_bucket", Series(TARGET | frozenset({"le"}), rises=True)),
        ("amaie_shop_service_duration_seconds_count", Series(TARGET, rises=True)),
        ("amaie_shop_service_duration_seconds_sum", Series(TARGET, rises=True)),
        ("scales_up", Series(TARGET | frozenset({"place"}), rises=None)),
        ("all:amaie_shop_receipts:count_1h", Series(frozenset(), rises=False)),
        ("drawer:amaie_shop_cash:current", Series(frozenset({"drawer"}), rises=False)),
        ("up", Series(TARGET, rises=None)),
    ],
)
def test_a_series_is_known_with_its_labels_and_whether_it_only_rises(
    small: Model, name: str, series: Series
) -> None:
    """Everything that Prometheus will hold can be read in a formula, and nothing else."""
    assert formulas.known_series(small.spec)[name] == series


def test_a_counter_of_an_exporter_is_known_by_its_name(small: Model) -> None:
    """Exporters list names only: what ends like a counter is one, all else may be either."""
    exporter = small.spec.exporters[0].model_copy(update={"metrics": {"hits_total": (), "hits": ()}})
    known = formulas.known_series(small.spec.model_copy(update={"exporters": (exporter,)}))
    assert (known["hits_total"].rises, known["hits"].rises) == (True, None)


def test_the_alerts_of_prometheus_may_have_any_label(small: Model) -> None:
    """ALERTS carries the labels of every alert, so that none of them is refused."""
    assert formulas.known_series(small.spec)["ALERTS"] == Series(None)


def test_a_histogram_itself_is_no_series(small: Model) -> None:
    """Only the three series of a histogram can be read."""
    assert "amaie_shop_service_duration_seconds" not in formulas.known_series(small.spec)
