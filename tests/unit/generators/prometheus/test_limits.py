"""The rules that record the limits: tests/promql/limits.yml tries them, here is what they are made of."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from generators import names
from generators.prometheus import limits

if TYPE_CHECKING:
    from generators.spec.model import Model


def test_each_limit_is_recorded_once_and_an_amount_has_no_default(small: Model) -> None:
    """Defaults stand before what reads them, so that one evaluation is enough."""
    group, since = limits.groups(small.spec)
    assert [(rule["record"], rule["labels"]["limit"]) for rule in group["rules"]] == [
        (names.LIMIT_DEFAULT, "credit_ratio"),
        (names.LIMIT_IN_FORCE, "credit_ratio"),
        (names.LIMIT_IN_FORCE, "credit"),
    ]
    assert names.LIMIT_DEFAULT in group["rules"][1]["expr"]
    assert names.LIMIT_DEFAULT not in group["rules"][2]["expr"]
    assert [rule["record"] for rule in since["rules"]] == [names.LIMIT_SINCE, names.LIMIT_KNOWN]


def test_a_spec_without_limits_records_none(small: Model) -> None:
    """There is no empty group, which Prometheus would refuse."""
    bare = dataclasses.replace(small, spec=small.spec.model_copy(update={"limits": ()}))
    assert limits.groups(bare.spec) == []
