"""All that a stack needs to be closed: passwords, what servers know of them, certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operate import certificates, passwords
from operate.paths import SECRETS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from operate.site.shape import Site

KEYSTORE = "logstash_keystore.p12"
"""Certificate and key of Logstash's API, which reads nothing else; its password is the API's."""


def ensure(site: Site, hosts: Sequence[str], folder: Path = SECRETS) -> list[str]:
    """Make what is missing or ends; return a sentence for a person about each kind that was made.

    Args:
        site: Says whether there is a gateway, and under which names others reach it.
        hosts: Under which names browsers reach this machine.
        folder: Where the secrets are.

    Raises:
        StackError: A password file is empty.
    """
    said = []
    if new := passwords.ensure(folder):
        said.append(f"Generated {len(new)} passwords in compose/secrets/.")
    made = certificates.ensure_stack(folder, hosts)
    if made:
        said.append(
            f"Made {len(made)} certificates; let your browser trust compose/secrets/stack_ca.pem, once."
        )
    if "logstash" in made or "logstash_api_password" in new or not (folder / KEYSTORE).exists():
        password = (folder / "logstash_api_password").read_text().strip()
        passwords.write(folder / KEYSTORE, certificates.keystore(folder, "logstash", password))
    if site.gateway and certificates.ensure(folder, certificates.GATEWAY, {"gateway": site.gateway.names}):
        said.append("Made the gateway's certificate; others trust it by compose/secrets/gateway_ca.pem.")
    return said
