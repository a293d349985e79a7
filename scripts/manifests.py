"""Write manifests for the operators of a Kubernetes cluster: prometheus-operator, Grafana's sidecar, ECK.

Example:
    python scripts/manifests.py --out /tmp/amaie --namespace monitoring --label release=kube-prometheus-stack
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import generate
from generators.spec.strict_yaml import SpecError
from operate import pins
from operate.errors import StackError
from operate.manifests import rendering
from operate.manifests.objects import Cluster
from operate.paths import ROOT, SITE
from operate.recipes import flatten
from operate.site import files, load

LONGEST = 63
"""Characters of a namespace."""


def main() -> int:
    """Run the command; return 0 if all was written, 1 for a wrong spec or site, 2 for anything else."""
    options = _parser().parse_args()
    try:
        cluster = Cluster(_namespace(options.namespace), dict(map(_label, options.label)))
        written = rendered(cluster)
        options.out.mkdir(parents=True, exist_ok=True)
        for name, text in written.items():
            (options.out / name).write_text(text, "utf-8")
    except SpecError as error:
        print(f"{error}\nNothing was written.", file=sys.stderr)
        return 1
    except StackError as error:
        print(f"{error}\nNothing was written.", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error}; cure: name a folder that can be written by --out", file=sys.stderr)
        return 2
    print(f"{options.out}: {len(written)} files; first create the Secrets of {options.out / 'secrets.md'}")
    return 0


def rendered(cluster: Cluster) -> dict[str, str]:
    """Return name -> text of every file for this installation.

    Raises:
        SpecError: What stands in the spec or in site.yaml is wrong.
        StackError: A cluster could not take it.
    """
    model = generate.load(ROOT)
    site = load.read(SITE, model.spec)
    return rendering.render(by_hand() | files.render(model, site), site, pins.read(), cluster)


def by_hand() -> dict[str, str]:
    """Return path -> text of the files of this repository that a cluster takes as they are."""
    found = flatten({path: ROOT / path for path in rendering.BY_HAND})
    return {path: file.read_text("utf-8") for path, file in found.items()}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "dist" / "kubernetes", help="folder (default: in dist/)"
    )
    parser.add_argument("--namespace", default="amaie", help="of every object (default: amaie)")
    parser.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="added to every object; may be repeated",
    )
    return parser


def _namespace(name: str) -> str:
    letters = name.replace("-", "")
    plain = letters.isascii() and letters.isalnum() and name == name.lower().strip("-")
    if not plain or len(name) > LONGEST:
        raise StackError(f"--namespace {name} is no namespace; use small letters, digits and -")
    return name


def _label(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise StackError(f"--label {text} is no label; write it like release=kube-prometheus-stack")
    return key, value


if __name__ == "__main__":
    sys.exit(main())
