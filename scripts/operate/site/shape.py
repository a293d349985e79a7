"""The shape of `site.yaml`, one to one: typed, frozen values in which unknown keys are refused.

What is measured and when it is bad stands in `spec/` and is the same everywhere; here is which services there
are, how they are reached, what their accounts may lose, and who is told.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from generators.spec.channels import Channels
from generators.spec.mutes import Mute
from generators.spec.routing import ChannelName
from generators.spec.shape_errors import Form, OneOf
from generators.spec.vocabulary import Address, Duration, Part, ServiceName
from operate import catalogue

InstanceName = Annotated[
    str,
    Form(
        r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}",
        "is not a name; write up to 63 letters, digits, . _ and -, like btc-bot",
    ),
]
HostPort = Annotated[
    str,
    Form(
        r"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}",
        "is not a name and a port; write it like btc-bot:9301, or [2001:db8::1]:9301 for IPv6",
    ),
]
NetworkName = Annotated[
    str,
    Form(
        r"(?!(?:bridge|host|none)$)[A-Za-z0-9][A-Za-z0-9_.-]*",
        "is no network of a Compose project; docker network ls names them",
    ),
]
UrlPath = Annotated[str, Form(r"/[^\s?#]*", "is not a path; write it like /metrics")]
Folder = Annotated[
    str, Form(r"/[^\s:]+", "is not a folder of this machine; write it from / on, like /srv/bot")
]
FilePath = Annotated[
    str, Form(r"/[^\s:]*[^\s:/]", "is not a file of this machine; write it from / on, like /root/passphrase")
]
FileName = Annotated[
    str,
    Form(
        r"[A-Za-z0-9_][A-Za-z0-9._-]*",
        "is not the name of a file in compose/secrets/services; write it without its folder",
    ),
]
HostName = Annotated[
    str, Form(r"[A-Za-z0-9._:-]+", "is not the name of a server; write it like bots.example")
]
UserName = Annotated[str, Form(r"[^\s:]+", "is not the name of a user; write it without spaces and colons")]
IpAddress = Annotated[
    str,
    Form(
        r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:]{2,39}",
        "is no address of this machine; write it like 10.0.0.5, or 0.0.0.0 for all",
    ),
]
Days = Annotated[str, Form(r"[1-9][0-9]{0,4}d", "is no number of days; write it like 30d")]
Years = Annotated[str, Form(r"[1-9][0-9]{0,3}[dwy]", "is not how long data stay; write it like 5y, or 400d")]
Port = Annotated[int, Field(ge=1, le=65535)]
PortName = Annotated[str, OneOf(tuple(catalogue.PUBLISHED))]
Told = Annotated[str, OneOf(("critical", "warning"))]
Money = Annotated[float, Field(allow_inf_nan=False)]

WAYS = ("compose", "container", "host", "address", "pushed")
"""The keys that say where a service is; each has exactly one of them."""


class Tls(Part):
    """How a service on another machine proves who it is; without `ca_file`, by the public authorities."""

    ca_file: FileName | None = None
    server_name: HostName | None = None


class Credentials(Part):
    """How Prometheus signs in: a user and the file with the password, or the file with a token."""

    user: UserName | None = None
    password_file: FileName | None = None
    token_file: FileName | None = None


class Service(Part):
    """One running program that exports facts of the spec."""

    name: InstanceName
    role: ServiceName
    compose: HostPort | None = None  # a service of this Compose project
    container: HostPort | None = None  # a container of another one
    network: NetworkName | None = None  # on which that container is, if not on ours
    host: Port | None = None  # a process on this machine
    address: HostPort | None = None  # anything that a network reaches
    pushed: Literal[True] | None = None  # its figures are sent to the gateway
    path: UrlPath = "/metrics"
    tls: Tls | None = None
    credentials: Credentials | None = None
    interval: Duration | None = None  # how often it acts: its bar, if it has one
    text: bool = False  # its <name>.log, or <name>.jsonl, may hold plain text


class Gateway(Part):
    """Where this machine takes what others send, and by which names they reach it."""

    address: IpAddress
    port: Port = 9443
    names: Annotated[tuple[HostName, ...], Field(min_length=1)]


class Account(Part):
    """What one account may lose; a limit that is left out is the site's default, then the spec's."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    currency: Annotated[str, Field(min_length=1, max_length=200)] | None = (
        None  # None: whatever currency its figures are in
    )
    limits: dict[str, Money] = Field(default_factory=dict)
    peak_reset: Annotated[int, Field(ge=1, le=2**53)] | None = (
        None  # a number that it never had lets the account's peak begin anew, once
    )


class Backups(Part):
    """Where backups go, how often, how many stay, and which file has their passphrase."""

    to: Folder
    every: Duration = "1d"
    keep: Annotated[int, Field(ge=1, le=10_000)] = 7
    passphrase_file: FilePath


class HighAvailability(Part):
    """What runs more than once, so that it goes on when one of it stops."""

    elasticsearch: bool = False  # a cluster of three nodes
    prometheus: bool = False  # two, each with an Alertmanager

    @property
    def nodes(self) -> int:
        """How many nodes Elasticsearch has."""
        return 3 if self.elasticsearch else 1


class LongTerm(Part):
    """Where metrics are kept for longer than Prometheus does: in a store of the stack, or in another one."""

    retention: Years | None = None  # of the stack's own store
    url: Address | None = None  # where another one takes what Prometheus writes (remote write)
    read: Address | None = None  # where it answers as Prometheus does, without /api/v1
    tls: Tls | None = None
    credentials: Credentials | None = None


class SiteLinks(Part):
    """Where people reach the pages, as their browsers write it."""

    dashboard: Address | None = None
    grafana: Address | None = None
    kibana: Address | None = None


class Retention(Part):
    """How long data is kept; what is left out is kept as long as the spec says."""

    metrics: Duration | None = None
    logs: Days | None = None
    rejected: Days | None = None


class Site(Part):
    """The whole of `site.yaml`."""

    version: Literal[1] = 1
    services: tuple[Service, ...] = ()
    logs: tuple[Folder, ...] = ()
    gateway: Gateway | None = None
    limits: dict[str, Money] = Field(default_factory=dict)
    accounts: tuple[Account, ...] = ()
    links: SiteLinks = SiteLinks()
    channels: Channels = Channels()
    told: dict[Told, tuple[ChannelName, ...]] = Field(default_factory=dict)
    mutes: tuple[Mute, ...] = ()
    retention: Retention = Retention()
    backup: Backups | None = None
    high_availability: HighAvailability = HighAvailability()
    long_term: LongTerm | None = None
    ports: dict[PortName, Port] = Field(default_factory=dict)
    compose_files: tuple[str, ...] = ()

    @property
    def writing_text(self) -> tuple[str, ...]:
        """Return the services whose log files may hold plain text."""
        return tuple(service.name for service in self.services if service.text)
