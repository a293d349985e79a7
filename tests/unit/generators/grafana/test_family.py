"""The dashboard of one family."""

from __future__ import annotations

import pytest

from generators import names
from generators.spec.model import PanelKind
from support.grafana_lab import alert, curve, kpi, panels, tiny


def test_a_kpi_keeps_its_panel_id_when_others_come_and_go() -> None:
    """An alert that was sent yesterday still opens the right panel."""
    alone = tiny(kpi())
    among = tiny(kpi(name="first", operation="first"), kpi(), kpi(name="last", operation="last"))

    for dashboard in (alone, among):
        found = [panel["title"] for panel in panels(dashboard) if panel["id"] == 381097029]
        assert found == ["P&L today"]
    assert names.panel_id(kpi()) == 381097029


@pytest.mark.parametrize("kind", [kind.value for kind in PanelKind])
def test_the_panel_that_alerts_link_to_shows_a_range_whatever_the_kind(kind: str) -> None:
    """A link opens the time around the alert: an instant query at its end would be in the future."""
    dashboard = tiny(kpi(panel=kind))

    panel = curve(dashboard)
    assert panel["type"] == ("state-timeline" if kind == "state_timeline" else "timeseries")
    assert [target["range"] for target in panel["targets"]] == [True]


def test_thresholds_are_those_of_the_alerts() -> None:
    """The same steps colour the present value and are drawn as dashed lines in the curve."""
    dashboard = tiny(kpi(alerts=[alert("Loss", "below", critical=-1000)]))

    steps = [
        {"color": "red", "value": None},
        {"color": "blue", "value": -1000},
        {"color": "green", "value": 0.0},
    ]
    stat = next(panel for panel in panels(dashboard, "stat") if panel["title"] == "P&L today")
    drawn = curve(dashboard)
    assert stat["fieldConfig"]["defaults"]["thresholds"] == {"mode": "absolute", "steps": steps}
    assert drawn["fieldConfig"]["defaults"]["thresholds"] == {"mode": "absolute", "steps": steps}
    assert drawn["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "dashed"}
    assert [link["title"] for link in drawn["links"]] == ["Runbook: Loss"]


def test_a_tile_leads_to_its_curve_and_a_curve_to_the_logs_of_its_service() -> None:
    """Down from the present value to its history, and from a point of it to the records of that time."""
    wanted = kpi(alerts=[alert("Loss", "below", critical=-1000)], expr="amaie_trading_equity")
    dashboard = tiny(wanted)

    tile = next(panel for panel in panels(dashboard, "stat") if panel["title"] == "P&L today")
    [over_time] = tile["fieldConfig"]["defaults"]["links"]
    [records] = curve(dashboard)["fieldConfig"]["defaults"]["links"]
    assert over_time["url"] == (
        f"/d/amaie-trading?viewPanel=panel-{curve(dashboard)['id']}"
        "&${__url_time_range}&${__all_variables}"
    )
    assert "service%3A%28%5C%22amaie-trader%5C%22%29" in records["url"]
    assert records["url"].endswith(
        "%22range%22%3A%7B%22from%22%3A%22${__from}%22%2C%22to%22%3A%22${__to}%22%7D%7D%7D"
    )


def test_a_tile_of_many_series_shows_the_worst_one_by_name() -> None:
    """Twelve containers do not fit on a tile; the one that is nearest to its alert does."""
    high = kpi(labels=("name",), title="CPU", unit="ratio", alerts=[alert("High", "above", warning=0.9)])
    low = kpi(labels=("name",), title="Up", unit="state", alerts=[alert("Down", "below", critical=1)])

    for made, function in ((high, "topk"), (low, "bottomk")):
        tile = panels(tiny(made), "stat")[0]
        assert (
            tile["targets"][0]["expr"]
            == f"{function}(1, name:amaie_trading_pnl:day{{name=~`${{name:regex}}`}})"
        )
        assert tile["targets"][0]["legendFormat"] == "{{name}}"
        assert tile["title"] == f"{made.title}, worst"
        assert tile["options"]["textMode"] == "value_and_name"
        assert (tile["targets"][0]["instant"], tile["targets"][0]["range"]) == (True, False)


def test_a_tile_of_accounts_shows_the_few_that_need_a_person_first() -> None:
    """250 accounts do not fit; the table above has them all."""
    low = panels(tiny(kpi(alerts=[alert("Loss", "below", critical=-1)])), "stat")[0]
    calm = panels(tiny(kpi(panel="stat")), "stat")[0]

    assert low["targets"][0]["expr"].startswith("bottomk(4, account_currency:amaie_trading_pnl:day{")
    assert calm["targets"][0]["expr"].startswith("topk(4, account_currency:amaie_trading_pnl:day{")
    assert low["options"]["textMode"] == "auto"


def test_a_legend_tells_the_worst_of_the_time_shown() -> None:
    """The greatest value says nothing of a figure that is bad when it is low."""
    low = curve(tiny(kpi(alerts=[alert("Loss", "below", critical=-1)])))
    high = curve(tiny(kpi(alerts=[alert("Much", "above", critical=1)])))

    assert low["options"]["legend"]["calcs"] == ["lastNotNull", "min"]
    assert high["options"]["legend"]["calcs"] == ["lastNotNull", "max"]


def test_a_variable_offers_the_labels_of_its_dashboard_alone() -> None:
    """The services of another family are no choice here."""
    [account, *_] = tiny(kpi(), kpi(name="other", family="system", operation="b"))["templating"]["list"]

    assert account["query"]["query"] == (
        'label_values({__name__=~"account_currency:amaie_trading_pnl:day"}, account)'
    )
