"""Replace all passwords, or all certificates, of a running stack; what reads them is started anew.

Log records wait meanwhile and none is lost. What other machines hold stays: the gateway's password and
certificate (--gateway replaces that password, too), and the tokens that were put in by hand. So does the key
by which Kibana has encrypted what it keeps.

Examples:
    python scripts/rotate.py secrets
    python scripts/rotate.py certificates
"""

from __future__ import annotations

import argparse
import os
import sys

import up
from generators.spec.strict_yaml import SpecError
from operate import catalogue, certificates, credentials, passwords
from operate.compose_cli import Stack
from operate.errors import StackError
from operate.paths import SECRETS
from operate.progress import Progress

GATEWAY = "gateway_password"
KEPT = frozenset({"kibana_encryption_key", GATEWAY})
SECRETS_KIND, CERTIFICATES_KIND = "secrets", "certificates"
RESET = "grafana cli admin reset-admin-password --password-from-stdin < /run/secrets/grafana_admin_password"
"""Grafana keeps the password of its first start in its own database."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0, 1 if site.yaml is wrong, or 2 if it could not be done."""
    options = _parser().parse_args(arguments)
    progress = Progress()
    try:
        stack = running(options.project)
        if options.kind == SECRETS_KIND:
            for name in outdated(gateway=options.gateway):
                (SECRETS / name).unlink(missing_ok=True)
        else:
            certificates.forget(SECRETS, certificates.STACK, certificates.SERVERS)
            (SECRETS / credentials.KEYSTORE).unlink(missing_ok=True)
        restart(stack, progress)
    except SpecError as error:
        print(f"{error}\nThe new {options.kind} are not in use yet; then: make up.", file=sys.stderr)
        return 1
    except StackError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def running(project: str) -> Stack:
    """Return the stack of a project.

    Raises:
        StackError: It does not run.
    """
    stack = Stack.load(project)
    if stack is None or not up.running_services(stack):
        raise StackError(f"the project {project} does not run, so nothing was replaced; cure: make up")
    return stack


def outdated(*, gateway: bool) -> list[str]:
    """Return the names of the passwords that are to be made anew."""
    kept = KEPT - {GATEWAY} if gateway else KEPT
    return [name for name in passwords.generated() if name not in kept]


def restart(stack: Stack, progress: Progress) -> None:
    """Bring the same stack up again: whatever reads a secret is replaced.

    Raises:
        StackError: It did not come up; the new secrets are there, so `make up` goes on from here.
    """
    os.environ["IMAGES"] = stack.variant
    same = argparse.Namespace(project=stack.project, demo=stack.demo, port_offset=stack.offset, scenario=None)
    up.start(same, progress)
    if "grafana" in up.running_services(stack):
        stack.run("exec", "-T", "grafana", "sh", "-c", RESET)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = [SECRETS_KIND, CERTIFICATES_KIND]
    parser.add_argument("kind", choices=kinds, nargs="?", default=SECRETS_KIND, help="(default: %(default)s)")
    parser.add_argument("--gateway", action="store_true", help="the password of other machines, too")
    parser.add_argument("--project", default=catalogue.PROJECT, help="Compose project (default: amaie)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
