"""What a critical message says that changed last: a start, and of an account its last transfer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generators.shared import changes
from generators.spec import kpispec

if TYPE_CHECKING:
    from pathlib import Path

    from generators.spec.model import Spec

SERIES = "account_currency:amaie_trading_net_transfers"


@pytest.fixture(scope="module")
def amaie(root: Path) -> Spec:
    """Return the spec of AMAIE itself."""
    return kpispec.load(root / "spec" / "kpis.yaml")


def _template(spec: Spec, name: str) -> str:
    return changes.template(spec, next(kpi for kpi in spec.kpis if kpi.name == name))


def test_an_alert_about_an_account_asks_for_the_last_transfer_of_that_account(amaie: Spec) -> None:
    """Amount, currency and time; a name with a quote in it is quoted as PromQL reads it."""
    started, transferred = _template(amaie, "drawdown").split("{{ end }}{{ with printf", 1)
    assert "amaie_build_info" in started
    assert transferred == (
        f' "{SERIES}:last_moved{{account=%q,currency=%q}}" $labels.account $labels.currency | query }}}}'
        '; last transfer {{ . | first | value | printf "%+.10g" }} {{ $labels.currency }}'
        f'{{{{ with printf "{SERIES}:moved_time{{account=%q,currency=%q}}" $labels.account $labels.currency'
        ' | query }} {{ (. | first | value | toTime).Format "2006-01-02 15:04:05" }} UTC{{ end }}'
        "{{ else }}; no transfer is known{{ end }}"
    )


def test_an_alert_about_no_account_says_nothing_of_transfers(amaie: Spec) -> None:
    """A service that is down has none, and neither has a spec without accounts."""
    assert "transfer" not in _template(amaie, "service_up")
    without = amaie.model_copy(update={"recordings": ()})
    assert "transfer" not in _template(without, "drawdown")
    assert changes.rendered(without, amaie.kpis[0]) == changes.NOTHING
