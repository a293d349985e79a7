"""Checks the limits of a site: known to the spec, above nothing, and a warning before what is critical."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.spec.references import known, twice
from generators.spec.vocabulary import LimitUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generators.spec.model import Spec
    from generators.spec.references import Found
    from generators.spec.shape_errors import Place
    from operate.site.shape import Account, Site

WARNING, CRITICAL = "warning", "critical"


def problems(site: Site, spec: Spec) -> Found:
    """Yield a place and a text for everything wrong."""
    names = ((("accounts", i, "name"), _shown(account)) for i, account in enumerate(site.accounts))
    yield from twice(names, "account", "write its limits in one place")
    yield from _resets(site)
    defaults = {one.name: one.default for one in spec.limits if one.default is not None}
    for place, given, below in _parts(site, defaults):
        for name, value in given.items():
            yield from _value(spec, name, value, (*place, name))
        yield from _order(given, {**below, **given}, place)


def _shown(account: Account) -> str:
    return f"{account.name} in {account.currency}" if account.currency else account.name


def _resets(site: Site) -> Found:
    """Yield a second number for one account: its peak is reset in all its currencies, or not at all."""
    known: dict[str, int] = {}
    for index, account in enumerate(site.accounts):
        number = account.peak_reset
        if number is not None and known.setdefault(account.name, number) != number:
            wrong = f"the account has the number {known[account.name]} already, for all its currencies"
            yield ("accounts", index, "peak_reset"), f"{wrong}; write one of the two"


def _parts(
    site: Site, defaults: dict[str, float]
) -> Iterator[tuple[Place, Mapping[str, float], dict[str, float]]]:
    """Yield each place with limits, and what holds where it sets none."""
    yield ("limits",), site.limits, defaults
    everywhere = {account.name: account.limits for account in site.accounts if not account.currency}
    for index, account in enumerate(site.accounts):
        below = everywhere.get(account.name, {}) if account.currency else {}
        yield ("accounts", index, "limits"), account.limits, {**defaults, **site.limits, **below}


def _value(spec: Spec, name: str, value: float, place: Place) -> Found:
    limits = {one.name: one for one in spec.limits}
    if name not in limits:
        yield from known(place, "limit", name, limits)
    elif value <= 0:
        yield place, f"{value:g} is no limit; write what may be lost as a number above 0"
    elif limits[name].unit is LimitUnit.RATIO and value > 1:
        yield place, f"{value:g} is more than the whole account; write a share such as 0.05 for 5 %"


def _order(given: Mapping[str, float], in_force: Mapping[str, float], place: Place) -> Found:
    """Yield a warning that would come after what it warns of, told where one of the two is written."""
    for name in in_force:
        worse = name.replace(WARNING, CRITICAL)
        if name == worse or worse not in in_force or not {name, worse} & given.keys():
            continue
        if in_force[name] > in_force[worse]:
            wrong = f"{name} is {in_force[name]:g}, above {worse}, {in_force[worse]:g}"
            yield (*place, name if name in given else worse), f"{wrong}; nobody would be warned in time"
