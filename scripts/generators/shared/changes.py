"""What changed last, for the message of a critical alert: nobody should need another page to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.shared import conditions
from generators.spec import roles

if TYPE_CHECKING:
    from generators.spec.model import Kpi, Spec

NOTHING = "no start of a service is known"
NO_TRANSFER = "; no transfer is known"
_WHEN = '(. | first | value | toTime).Format "2006-01-02 15:04:05"'


def template(spec: Spec, kpi: Kpi) -> str:
    """Return the template, for Prometheus, of what changed last.

    It tells which service was started last, in which version and when, and of an account its last transfer.
    """
    return _started(spec) + _transferred(spec, kpi)


def rendered(spec: Spec, kpi: Kpi) -> str:
    """Return what `template` becomes where neither a start nor a transfer is known."""
    return NOTHING + (NO_TRANSFER if _transferred(spec, kpi) else "")


def _started(spec: Spec) -> str:
    series = roles.series(spec)
    build = f"on (service, instance) group_left (version) {series['build']}"
    query = f'topk(1, max by (service, version) ({series["start"]}{{job="services"}} * {build}))'
    quoted = query.replace('"', r"\"")
    shown = '{{ . | first | label "service" }} {{ . | first | label "version" }} started '
    return f'{{{{ with query "{quoted}" }}}}{shown}{{{{ {_WHEN} }}}} UTC{{{{ else }}}}{NOTHING}{{{{ end }}}}'


def _transferred(spec: Spec, kpi: Kpi) -> str:
    """Return the part about the account, empty where the KPI is of none or the spec knows no transfers."""
    found = roles.transfer(spec)
    if found is None or not set(conditions.LIMITED) <= set(kpi.labels):
        return ""
    amount, time = (_of_account(series) for series in found)
    shown = 'last transfer {{ . | first | value | printf "%+.10g" }} {{ $labels.currency }}'
    when = f"{{{{ with {time} }}}} {{{{ {_WHEN} }}}} UTC{{{{ end }}}}"
    return f"{{{{ with {amount} }}}}; {shown}{when}{{{{ else }}}}{NO_TRANSFER}{{{{ end }}}}"


def _of_account(series: str) -> str:
    matchers = ",".join(f"{label}=%q" for label in conditions.LIMITED)
    labels = " ".join(f"$labels.{label}" for label in conditions.LIMITED)
    return f'printf "{series}{{{matchers}}}" {labels} | query'
