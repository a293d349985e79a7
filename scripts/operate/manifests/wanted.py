"""The Secrets that a person must create before the manifests work, and one command for each."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from operate.manifests import alertmanager, elastic, prometheus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from operate.manifests.objects import Cluster
    from operate.site.shape import Site

MOUNTED = "/run/secrets/"
INTRODUCTION = """# Secrets to create

No manifest holds a secret. Create these first, from the files of the stack that `make up` has started here,
or from your own. Then `kubectl apply --server-side -f .`; by any other way a large dashboard is refused.

"""
CLOSING = """
ECK itself makes the certificates of Elasticsearch and Kibana, and the password of the user `elastic`.
"""
HERE, RECEIVERS, SERVICES = "compose/secrets", "compose/secrets/receivers", "compose/secrets/services"


def page(files: Mapping[str, str], pipeline: Mapping[str, str], site: Site, cluster: Cluster) -> str:
    """Return the page, with what of this installation's own secrets goes into which Secret."""
    config = files["alertmanager/generated/alertmanager.yml"]
    mounted = mentioned("\n".join(pipeline.values())) - {elastic.AUTHORITY}
    found = {
        alertmanager.RECEIVERS: _files(mentioned(config), RECEIVERS),
        elastic.USERS: {"users": f"{HERE}/es_users", "users_roles": f"{HERE}/es_users_roles"},
        elastic.LOGSTASH: _files(mounted | {secret for _, secret in elastic.VARIABLES}, HERE),
        prometheus.CREDENTIALS: _files(_asked(site), SERVICES),
    }
    commands = [_command(name, keys, cluster) for name, keys in found.items() if keys]
    return f"{INTRODUCTION}```sh\n" + "\n".join(commands) + f"\n```\n{CLOSING}{_users(site)}"


def _asked(site: Site) -> set[str]:
    """Return the files that Prometheus needs to be let in."""
    found: set[str | None] = set()
    for service in site.services:
        if service.address and service.tls:
            found.add(service.tls.ca_file)
        if service.address and (given := service.credentials):
            found |= {given.token_file, given.password_file}
    return {name for name in found if name}


def _users(site: Site) -> str:
    """Return what must be written by hand: a cluster takes the name of a user from a Secret only."""
    signing = [one for one in site.services if one.address and one.credentials and one.credentials.user]
    lines = [
        f"- `{one.credentials.password_file}.user`: {one.credentials.user}"
        for one in signing
        if one.credentials
    ]
    if not lines:
        return ""
    return (
        f"\nBesides, `{prometheus.CREDENTIALS}` has the user's name under these keys:\n\n"
        + "\n".join(lines)
        + "\n"
    )


def mentioned(text: str) -> set[str]:
    """Return the files of MOUNTED that a text names."""
    return {"".join(takewhile(_of_a_name, part)) for part in text.split(MOUNTED)[1:]}


def _of_a_name(letter: str) -> bool:
    return letter.isalnum() or letter in "._-"


def _files(names: Iterable[str], folder: str) -> dict[str, str]:
    return {name: f"{folder}/{name}" for name in sorted(names)}


def _command(name: str, keys: Mapping[str, str], cluster: Cluster) -> str:
    parts = [f"kubectl create secret generic {name} --namespace {cluster.namespace}"]
    return " \\\n  ".join([*parts, *(f"--from-file={key}={path}" for key, path in keys.items())])
