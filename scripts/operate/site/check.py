"""What `site.yaml` means: names that clash, addresses that cannot be, files that are not there."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from generators.shared.conditions import seconds
from generators.spec import checks, muting
from generators.spec.references import known, twice
from operate import catalogue
from operate.site import limits, places

if TYPE_CHECKING:
    from generators.spec.model import Spec
    from generators.spec.references import Found
    from generators.spec.shape_errors import Place
    from operate.site.shape import Credentials, LongTerm, Service, Site

OFTEN = 3600.0
"""Seconds between two backups at least."""


def problems(site: Site, spec: Spec, root: Path, secrets: Path) -> Found:
    """Yield a place and a text for everything wrong.

    Args:
        site: What stands in the file.
        spec: Which roles and limits there are.
        root: The folder that `compose_files` are relative to.
        secrets: The folder with the files of `tls` and `credentials`.
    """
    roles = [service.name for service in spec.services]
    yield from twice(((("services", i, "name"), one.name) for i, one in enumerate(site.services)), "name")
    for index, service in enumerate(site.services):
        place: Place = ("services", index)
        yield from known((*place, "role"), "role", service.role, roles)
        yield from _files(service, place, secrets)
    yield from places.problems(site)
    folders = ((("logs", i), os.path.realpath(folder)) for i, folder in enumerate(site.logs))
    yield from twice(folders, "folder", "remove one of the two")
    for index, folder in enumerate(site.logs):
        if not Path(folder).is_dir():
            yield ("logs", index), f"there is no folder {folder}; create it or correct the path"
    compose = (
        (("compose_files", i), os.path.realpath(root / name)) for i, name in enumerate(site.compose_files)
    )
    yield from twice(compose, "file", "remove one of the two")
    for index, name in enumerate(site.compose_files):
        if not (root / name).is_file():
            yield ("compose_files", index), f"there is no file {name}; write it as seen from site.yaml"
    yield from limits.problems(site, spec)
    yield from _backup(site)
    yield from _told(site)
    yield from muting.problems(spec, site.mutes, [one.name for one in site.services], ("mutes",))
    yield from _ports(site)
    yield from _retention(site, spec)
    yield from _long_term(site, secrets)


def _long_term(site: Site, secrets: Path) -> Found:
    """Yield what makes it unclear where metrics are kept, or how one gets in there."""
    if (store := site.long_term) is None:
        return
    place: Place = ("long_term",)
    if (store.retention is None) == (store.url is None):
        yield place, "write retention, for a store of the stack's own, or url, for another one"
    elif store.retention and (store.read or store.tls or store.credentials):
        yield place, "read, tls and credentials are of another store; remove them, or write url for retention"
    yield from _files(store, place, secrets)


def _files(part_of: Service | LongTerm, place: Place, secrets: Path) -> Found:
    """Yield what is no credential, and files that are not there: Prometheus would refuse everything."""
    if part_of.credentials:
        yield from _credentials(part_of.credentials, (*place, "credentials"))
    for key in ("tls", "credentials"):
        part = getattr(part_of, key)
        for field in ("ca_file", "password_file", "token_file"):
            name = getattr(part, field, None)
            if name and not (secrets / name).is_file():
                wrong = f"there is no file compose/secrets/services/{name}"
                yield (*place, key, field), f"{wrong}; put it there or correct the name"


def _credentials(given: Credentials, place: Place) -> Found:
    by_user = given.user is not None and given.password_file is not None and given.token_file is None
    by_token = given.token_file is not None and given.user is None and given.password_file is None
    if not (by_user or by_token):
        yield place, "write user and password_file, or token_file alone"


def _backup(site: Site) -> Found:
    """Yield what would hinder backups; missing files would not: a restore brings site.yaml before them."""
    if (wanted := site.backup) is None:
        return
    if seconds(wanted.every) < OFTEN:
        yield (
            ("backup", "every"),
            f"'{wanted.every}' is too often, for it stops who writes; write at least 1h",
        )
    if Path(wanted.to).exists() and not (
        Path(wanted.to).is_dir() and os.access(wanted.to, os.R_OK | os.X_OK)
    ):
        yield ("backup", "to"), f"{wanted.to} is no folder that you may read; correct the path or its mode"


def _told(site: Site) -> Found:
    configured = site.channels.configured()
    for severity, channels in site.told.items():
        if not channels:
            yield ("told", severity), "nobody would be told; name a channel, or remove the key"
        named = ((("told", severity, index), name) for index, name in enumerate(channels))
        yield from twice(named, "channel", "remove one of the two")
        for index, name in enumerate(channels):
            place: Place = ("told", severity, index)
            if name not in configured:
                yield place, f"the channel '{name}' is not set up; add it to channels"
            elif not configured[name].for_people:
                yield place, f"'{name}' tells no person; write a channel for people"


def _ports(site: Site) -> Found:
    """Yield a port that two pages want; one that is not named in the site has its usual one."""
    pages = {name: port for name, port in catalogue.ports(moved=site.ports).items() if name != "inbox"}
    pages |= site.ports
    for name, port in site.ports.items():
        others = [other for other, its in pages.items() if its == port and other != name]
        if others and not (others[0] in site.ports and others[0] > name):
            yield ("ports", name), f"the port {port} is that of {others[0]}, too; write another one"


def _retention(site: Site, spec: Spec) -> Found:
    """Yield what the spec's own check says of a retention that its windows do not fit into."""
    if site.retention.metrics:
        settings = spec.settings.model_copy(update={"retention": site.retention.metrics})
        for _, text in islice(checks.problems(spec.model_copy(update={"settings": settings})), 1):
            yield ("retention", "metrics"), text
