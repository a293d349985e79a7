"""Who is told of an alert: the `routing:` of `spec/kpis.yaml` as typed, frozen values."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from generators.spec.channels import Channels
from generators.spec.mutes import Mute
from generators.spec.shape_errors import OneOf
from generators.spec.vocabulary import Duration, Name, Part, Severity

ChannelName = Annotated[str, OneOf(tuple(Channels.model_fields))]


class Delivery(Part):
    """How alerts of one severity reach people, and how they are grouped and repeated."""

    severity: Severity
    channels: tuple[ChannelName, ...] = Field(min_length=1)
    group_by: tuple[Name, ...]
    group_wait: Duration
    group_interval: Duration
    repeat_interval: Duration


class Routing(Part):
    """Who is told of what, how fast, and when not."""

    channels: Channels
    deliveries: tuple[Delivery, ...]
    mutes: tuple[Mute, ...] = ()
