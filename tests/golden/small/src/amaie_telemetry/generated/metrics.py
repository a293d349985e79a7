# Generated from spec/kpis.yaml by scripts/generate.py. Do not edit: change the spec and run "make generate".
"""The metrics of the spec as typed objects."""

from __future__ import annotations

from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from amaie_telemetry.families import CounterFamily, Family, GaugeFamily, HistogramFamily


class BuildInfo(GaugeFamily):
    """Always 1; its version label tells which software the till runs. Unit: state."""

    def labels(self, *, version: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((version,))


class ShopCash(GaugeFamily):
    """Money in the drawer at this moment. Unit: money."""

    def labels(self, *, drawer: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((drawer,))


class ShopReceiptsTotal(CounterFamily):
    """Receipts printed since the start. Unit: count."""

    def labels(self) -> Counter:
        """Return the series of these labels."""
        return self.series(())


class ShopServiceDurationSeconds(HistogramFamily):
    """Time from the first article to the receipt. Unit: seconds."""

    def labels(self) -> Histogram:
        """Return the series of these labels."""
        return self.series(())


class ShopClosed(GaugeFamily):
    """Whether the owner has closed the shop; 1 is closed and 0 is open. Unit: state."""

    def labels(self) -> Gauge:
        """Return the series of these labels."""
        return self.series(())


class ShopCredit(GaugeFamily):
    """What each customer with an account owes, by the currency. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency))


class BuildMetrics:
    """Metrics whose names start with amaie_build_."""

    info = BuildInfo(
        "amaie_build_info",
        "Always 1; its version label tells which software the till runs.",
        unit="state",
        labels=("version",),
        services=("till",),
    )


class ShopMetrics:
    """Metrics whose names start with amaie_shop_."""

    cash = ShopCash(
        "amaie_shop_cash",
        "Money in the drawer at this moment.",
        unit="money",
        labels=("drawer",),
        services=("till",),
    )
    receipts_total = ShopReceiptsTotal(
        "amaie_shop_receipts_total",
        "Receipts printed since the start.",
        unit="count",
        labels=(),
        services=("till",),
    )
    service_duration_seconds = ShopServiceDurationSeconds(
        "amaie_shop_service_duration_seconds",
        "Time from the first article to the receipt.",
        unit="seconds",
        labels=(),
        services=("till",),
        buckets=(1.0, 10.0, 60.0),
    )
    closed = ShopClosed(
        "amaie_shop_closed",
        "Whether the owner has closed the shop; 1 is closed and 0 is open.",
        unit="state",
        labels=(),
        services=("till",),
    )
    credit = ShopCredit(
        "amaie_shop_credit",
        "What each customer with an account owes, by the currency.",
        unit="money",
        labels=("account", "currency"),
        services=("till",),
    )


build = BuildMetrics()
shop = ShopMetrics()


ALL: tuple[Family[Any], ...] = (
    build.info,
    shop.cash,
    shop.receipts_total,
    shop.service_duration_seconds,
    shop.closed,
    shop.credit,
)


__all__ = [
    "ALL",
    "build",
    "shop",
]
