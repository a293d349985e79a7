"""Passwords: generated on the first run into git-ignored files, read by the containers as files.

Elasticsearch, Prometheus, Alertmanager and the reverse proxy get their users as hashes (`hashes.py`), so the
files that these containers read are no passwords. Compose ignores owner and mode of file secrets, so the
files themselves carry what the containers' users need: they are readable for one shared group that every
container joins.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from operate import hashes
from operate.errors import StackError
from operate.paths import SECRETS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

GROUP = 10000
"""The group id that may read the secrets; `group_add` gives it to every container."""

ELASTICSEARCH_USERS = {
    "amaie_writer": ("amaie_writer",),
    "amaie_reader": ("amaie_reader",),
    "amaie_monitor": ("amaie_monitor",),
    "amaie_setup": ("amaie_setup",),
    "amaie_operator": ("amaie_operator", "kibana_admin"),
    "amaie_backup": ("amaie_backup",),
    "kibana_system_user": ("kibana_system",),
}
"""The users of Elasticsearch and their roles; `amaie_operator` is the person who signs in to Kibana."""

MONITORING_USERS = {
    "operator": ("reverse-proxy",),
    "reader": ("reverse-proxy",),
    "dashboard": ("reverse-proxy",),
    "grafana": ("reverse-proxy",),
    "proxy": ("prometheus", "alertmanager"),
    "prometheus": ("prometheus", "alertmanager"),
    "gateway": ("prometheus",),
}
"""Who signs in to Prometheus and Alertmanager, and which servers know them.

People, the live dashboard and Grafana come by the reverse proxy, where `operator` alone may change something;
`reader` is for whatever else shall look.
"""

OTHERS = (
    *("dashboard_password", "grafana_admin_password", "kibana_encryption_key"),
    *("logstash_api_password", "logstash_files_password", "logstash_http_password", "gateway_password"),
    "long_term_password",
)
RECEIVERS = "receivers"
"""The folder below the secrets where the operator puts the tokens of PagerDuty, Slack, SNS, mail."""
GIVEN = (RECEIVERS, "services")
"""The folders of what the operator puts in; `services` has what Prometheus needs for services elsewhere."""

ROOT_MODE, USER_MODE = 0o440, 0o444


def password_file(user: str) -> str:
    """Return the name of the file with an Elasticsearch user's password."""
    return f"es_{user}_password"


def monitoring_file(user: str) -> str:
    """Return the name of the file with the password of one of `MONITORING_USERS`."""
    return f"monitoring_{user}_password"


def generated() -> list[str]:
    """Return the names of the files of all passwords that are made here."""
    return [*map(password_file, ELASTICSEARCH_USERS), *map(monitoring_file, MONITORING_USERS), *OTHERS]


def ensure(folder: Path = SECRETS) -> list[str]:
    """Generate what is missing; return the names of the new files. Existing passwords are never changed.

    Raises:
        StackError: A password file is empty.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in GIVEN:
        _open(folder / name)
    wanted = generated()
    new = [name for name in wanted if not (folder / name).exists()]
    for name in new:
        write(folder / name, secrets.token_urlsafe(32))
    empty = [str(folder / name) for name in wanted if not (folder / name).read_text().strip()]
    if empty:
        raise StackError(
            *(f"{path} is empty; cure: delete it, and make up writes a new one" for path in empty)
        )
    _derive(folder)
    return new


def _derive(folder: Path) -> None:
    """Write what servers know of users, where it is missing, older than a password, or of others."""
    elastic = {user: password_file(user) for user in ELASTICSEARCH_USERS}
    _hash(folder, "es_users", elastic, hashes.known_to_lines, hashes.file_realm)
    _keep(folder / "es_users_roles", roles_file())
    for server, (known, made) in hashes.MONITORING.items():
        users = {user: monitoring_file(user) for user, at in MONITORING_USERS.items() if server in at}
        _hash(folder, hashes.monitoring_file(server), users, known, made)
    proxy = (folder / monitoring_file("proxy")).read_text().strip()
    _keep(folder / hashes.PROXY_HEADER, hashes.proxy_header("proxy", proxy))
    store = (folder / "long_term_password").read_text().strip()
    _keep(folder / hashes.STORE_HEADER, hashes.proxy_header(hashes.STORE_USER, store))


def _keep(path: Path, text: str) -> None:
    """Write a text unless it stands there."""
    if not path.exists() or path.read_text() != text:
        write(path, text)


def _hash(
    folder: Path,
    name: str,
    users: Mapping[str, str],
    known: Callable[[str], set[str]],
    made: Callable[[Mapping[str, str]], str],
) -> None:
    """Write a file of hashes anew if it is out of date; `users` says in which file each one's password is."""
    files = {user: folder / one for user, one in users.items()}
    if _stale(folder / name, known, files):
        write(folder / name, made({user: path.read_text().strip() for user, path in files.items()}))


def _stale(path: Path, known: Callable[[str], set[str]], users: Mapping[str, Path]) -> bool:
    """Tell whether hashes are missing, a password was replaced since, or the users are others."""
    if not path.exists() or known(path.read_text()) != set(users):
        return True
    written = path.stat().st_mtime_ns
    return any(one.stat().st_mtime_ns > written for one in users.values())


def roles_file() -> str:
    """Return the file realm's `users_roles`: each role with its users."""
    users: dict[str, list[str]] = {}
    for user, roles in ELASTICSEARCH_USERS.items():
        for role in roles:
            users.setdefault(role, []).append(user)
    return "".join(f"{role}:{','.join(names)}\n" for role, names in sorted(users.items()))


def write(path: Path, content: str | bytes) -> None:
    """Write a secret so that no other user of the host can read it at any moment."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
    _share(path, ROOT_MODE, USER_MODE)


def _open(folder: Path) -> None:
    """Let the containers read what the operator has put in, whatever mode it was given."""
    folder.mkdir(mode=0o700, exist_ok=True)
    _share(folder, 0o750, 0o755)
    for path in folder.iterdir():
        _share(path, ROOT_MODE, USER_MODE)


def _share(path: Path, root_mode: int, user_mode: int) -> None:
    """Give a path to the containers' group; without root, the folder above keeps others out."""
    if os.geteuid() == 0:
        os.chown(path, 0, GROUP)
        path.chmod(root_mode)
    else:
        path.chmod(user_mode)
