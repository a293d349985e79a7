"""Rules that record the limit in force for each account: its own, else the installation's, else the spec's.

An installation records `amaie_limit{limit, account, currency}` in a rule file of its own: without `currency`
for all currencies of the account, without `account` for all accounts that have none of their own. Where one
stands twice, the stricter counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generators import names
from generators.shared.conditions import number
from generators.spec.limits import accounts

if TYPE_CHECKING:
    from generators.spec.model import Limit, Spec


def groups(spec: Spec) -> list[dict[str, Any]]:
    """Return the groups of rules that record the limits and their age, or none if the spec has no limits."""
    fact = accounts(spec)
    if not spec.limits or fact is None:
        return []
    seen = f"group by (account, currency) ({fact.name})"
    defaults = [_default(limit, limit.default) for limit in spec.limits if limit.default is not None]
    rules = [*defaults, *(_in_force(limit, seen) for limit in spec.limits)]
    return [
        {"name": names.LIMITS_GROUP, "interval": spec.settings.evaluation_interval, "rules": rules},
        {"name": names.LIMITS_SINCE_GROUP, "interval": "1m", "rules": _since()},
    ]


def _default(limit: Limit, value: float) -> dict[str, Any]:
    expr = f"vector({number(value)})"
    return {"record": names.LIMIT_DEFAULT, "labels": {"limit": limit.name}, "expr": expr}


def _in_force(limit: Limit, seen: str) -> dict[str, Any]:
    def set_here(matchers: str) -> str:
        return f'{names.LIMIT}{{limit="{limit.name}",{matchers}}}'

    own, of_account = set_here('account!="",currency!=""'), set_here('account!="",currency=""')
    of_all = set_here('account=""')
    choices = [
        f"min by (account, currency) ({own}) and {seen}",
        f"{seen} * on (account) group_left () min by (account) ({of_account})",
        f"{seen} * on () group_left () min({of_all})",
    ]
    if limit.default is not None:
        choices.append(f'{seen} * on () group_left () {names.LIMIT_DEFAULT}{{limit="{limit.name}"}}')
    return {
        "record": names.LIMIT_IN_FORCE,
        "labels": {"limit": limit.name},
        "expr": "\nor ".join(choices),
    }


def _since() -> list[dict[str, Any]]:
    """Return what remembers when each limit last changed, as the spec's own series remember themselves.

    The time is kept while the limit is what it was, also while its account is away and has none.
    """
    known, since = _remembered(names.LIMIT_KNOWN), _remembered(names.LIMIT_SINCE)
    unchanged = f"({since})\nunless {names.LIMIT_IN_FORCE} != ({known})"
    return [
        {"record": names.LIMIT_SINCE, "expr": f"{unchanged}\nor timestamp({names.LIMIT_IN_FORCE})"},
        {"record": names.LIMIT_KNOWN, "expr": f"{names.LIMIT_IN_FORCE}\nor {known}"},
    ]


def _remembered(series: str) -> str:
    return " or ".join(f"last_over_time({series}[{window}])" for window in ("1m", "65m:15m", "32d:4d"))
