"""The metrics of the spec, typed: `metrics.trading.equity.labels(account=…, currency=…).set(…)`.

`amaie_<group>_<name>` of the spec is `metrics.<group>.<name>`. A name or a label that the spec lacks is an
error of the type checker, and an `AttributeError` or `TypeError` where it is used.
"""

from __future__ import annotations

from amaie_telemetry.generated.metrics import *  # noqa: F403 (which groups there are is for the spec to say)
from amaie_telemetry.selection import MetricError as MetricError  # noqa: PLC0414 (part of this module's face)
from amaie_telemetry.selection import lookup as lookup  # noqa: PLC0414
from amaie_telemetry.selection import of_service as of_service  # noqa: PLC0414
