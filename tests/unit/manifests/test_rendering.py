"""All manifests at once: the same for the same site, with every dashboard, and never a password."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from operate import pins
from operate.manifests import rendering
from operate.paths import ROOT
from operate.site.shape import Site

from .conftest import CLUSTER, SITE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Found = dict[tuple[str, str], dict[str, Any]]


def test_every_dashboard_is_found_by_the_sidecar(found: Found) -> None:
    """One ConfigMap each, the label that the sidecar looks for, and the dashboard as it was generated."""
    maps = [one for one in found.values() if "grafana_dashboard" in one["metadata"]["labels"]]
    data = {name: json.loads(text) for one in maps for name, text in one["data"].items()}
    committed = {path.name for path in (ROOT / "grafana/generated/dashboards").glob("*.json")}
    assert data.keys() == committed
    assert all(len(one["data"]) == 1 for one in maps)


def test_the_same_site_gives_the_same_bytes(
    inputs: Callable[[Site], dict[str, str]], written: dict[str, str]
) -> None:
    """No clock and no order of a set is in them."""
    site = Site.model_validate(SITE)
    assert rendering.render(inputs(site), site, pins.read(), CLUSTER) == written


def test_an_installation_without_services_and_channels_is_rendered(
    inputs: Callable[[Site], dict[str, str]],
) -> None:
    """As a first `make up` without site.yaml is."""
    texts = rendering.render(inputs(Site()), Site(), pins.read(), CLUSTER)
    names = [one["metadata"]["name"] for one in yaml.safe_load_all(texts["prometheus-scrapes.yaml"])]
    assert names == ["amaie-stack"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on an installation without a site."""
    command = [sys.executable, "scripts/manifests.py", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"AMAIE_SITE": "/nowhere/site.yaml"},
    )


def test_the_command_writes_into_the_folder_that_it_is_given(tmp_path: Path, written: dict[str, str]) -> None:
    """And says what to do first."""
    out = tmp_path / "new"
    done = run("--out", str(out), "--namespace", "monitoring", "--label", "release=kube")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{out}: 8 files; first create the Secrets of {out}/secrets.md\n"
    assert {path.name for path in out.iterdir()} == written.keys()
    kibana = yaml.safe_load((out / "kibana.yaml").read_text())["metadata"]
    assert (kibana["namespace"], kibana["labels"]["release"]) == ("monitoring", "kube")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--namespace", "Monitoring"],
            "--namespace Monitoring is no namespace; use small letters, digits and -",
        ),
        (["--namespace", "a-"], "--namespace a- is no namespace; use small letters, digits and -"),
        (["--label", "release"], "--label release is no label; write it like release=kube-prometheus-stack"),
    ],
)
def test_what_no_cluster_would_take_is_refused(tmp_path: Path, arguments: list[str], said: str) -> None:
    """Nothing is written."""
    done = run("--out", str(tmp_path / "new"), *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{said}\nNothing was written.\n")
    assert not (tmp_path / "new").exists()
