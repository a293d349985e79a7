"""Passwords: generated on the first run into git-ignored files, read by the containers as files.

Elasticsearch gets its users as hashes, so the files that its container reads are no passwords. Compose
ignores owner and mode of file secrets, so the files themselves carry what the containers' users need: they
are readable for one shared group that every container joins.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from typing import TYPE_CHECKING

from operate.errors import StackError
from operate.paths import SECRETS

if TYPE_CHECKING:
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

OTHERS = (
    *("dashboard_password", "grafana_admin_password", "kibana_encryption_key"),
    *("logstash_api_password", "logstash_files_password", "logstash_http_password", "gateway_password"),
)
RECEIVERS = "receivers"
"""The folder below the secrets where the operator puts the tokens of PagerDuty, Slack, SNS, mail."""
GIVEN = (RECEIVERS, "services")
"""The folders of what the operator puts in; `services` has what Prometheus needs for services elsewhere."""

ROUNDS = 10_000
ROOT_MODE, USER_MODE = 0o440, 0o444


def password_file(user: str) -> str:
    """Return the name of the file with an Elasticsearch user's password."""
    return f"es_{user}_password"


def ensure(folder: Path = SECRETS) -> list[str]:
    """Generate what is missing; return the names of the new files. Existing passwords are never changed.

    Raises:
        StackError: A password file is empty.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in GIVEN:
        _open(folder / name)
    wanted = [*map(password_file, ELASTICSEARCH_USERS), *OTHERS]
    new = [name for name in wanted if not (folder / name).exists()]
    for name in new:
        write(folder / name, secrets.token_urlsafe(32))
    empty = [str(folder / name) for name in wanted if not (folder / name).read_text().strip()]
    if empty:
        raise StackError(
            *(f"{path} is empty; cure: delete it, and make up writes a new one" for path in empty)
        )
    if new or not (folder / "es_users").exists() or _outdated(folder):
        lines = [
            f"{user}:{_hash((folder / password_file(user)).read_text())}" for user in ELASTICSEARCH_USERS
        ]
        write(folder / "es_users", "\n".join(lines) + "\n")
        write(folder / "es_users_roles", roles_file())
    return new


def roles_file() -> str:
    """Return the file realm's `users_roles`: each role with its users."""
    users: dict[str, list[str]] = {}
    for user, roles in ELASTICSEARCH_USERS.items():
        for role in roles:
            users.setdefault(role, []).append(user)
    return "".join(f"{role}:{','.join(names)}\n" for role, names in sorted(users.items()))


def _outdated(folder: Path) -> bool:
    """Tell whether a password was replaced by hand, or a user added, since the hashes were written."""
    hashes = folder / "es_users"
    roles = folder / "es_users_roles"
    if not roles.exists() or roles.read_text() != roles_file():
        return True
    known = {line.partition(":")[0] for line in hashes.read_text().splitlines()}
    written = hashes.stat().st_mtime_ns
    return known != set(ELASTICSEARCH_USERS) or any(
        (folder / password_file(user)).stat().st_mtime_ns > written for user in ELASTICSEARCH_USERS
    )


def _hash(password: str) -> str:
    """Hash a password as Elasticsearch's PBKDF2 hasher does (HMAC-SHA512, 256 bits, salt of 32 bytes)."""
    salt = secrets.token_bytes(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS, dklen=32)
    return f"{{PBKDF2}}{ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def write(path: Path, text: str) -> None:
    """Write a secret so that no other user of the host can read it at any moment."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
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
