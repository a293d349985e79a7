"""Every manifest before the schemas that the operators publish, by the code that an API server runs.

No cluster was ever given them: shapes, names, lists and rules are judged, not what operators do.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from operate.paths import CACHE, ROOT
from unit.manifests import conftest as installation

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = ROOT / "tests" / "manifests"
MODULES = {
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": "example/prometheus-operator-crd/*.yaml",
    "github.com/elastic/cloud-on-k8s/v3@v3.5.0": "config/crds/v1/all-crds.yaml",
}
"""The operators' own modules, and where each keeps its definitions."""
SECONDS = 600

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(2 * SECONDS),
    pytest.mark.skipif(
        shutil.which("go") is None, reason="no Go toolchain to fetch and build the judge with"
    ),
]
model, inputs, written = installation.model, installation.inputs, installation.written


@pytest.fixture(scope="module")
def definitions() -> str:
    """Return the files of definitions, fetched once as Go modules, whose sums Go checks."""
    found: list[Path] = []
    for module, pattern in MODULES.items():
        command = ["go", "mod", "download", "-json", module]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS, cwd="/")
        found += sorted(Path(json.loads(done.stdout)["Dir"]).glob(pattern))
    assert len(found) > len(MODULES)
    return ",".join(map(str, found))


@pytest.fixture(scope="module")
def judge(definitions: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return the program, built once; Go keeps what it has built."""
    program = CACHE / "manifests"
    CACHE.mkdir(parents=True, exist_ok=True)
    subprocess.run(["go", "build", "-o", program, "."], cwd=SOURCE, check=True, timeout=SECONDS)

    def judging(*paths: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, definitions, *paths], capture_output=True, text=True, check=False)

    return judging


@pytest.fixture(scope="module")
def folder(written: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all manifests of an installation that uses everything."""
    place = tmp_path_factory.mktemp("manifests")
    for name, text in written.items():
        (place / name).write_text(text)
    return place


def test_every_object_is_taken(
    judge: Callable[..., subprocess.CompletedProcess[str]], folder: Path, written: dict[str, str]
) -> None:
    """None has an unknown field, a wrong shape, a list with doubles, or a name that a cluster refuses."""
    done = judge(*sorted(folder.glob("*.yaml")))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{sum(text.count('apiVersion: ') for text in written.values())} objects\n"


@pytest.mark.parametrize(
    ("name", "was", "becomes", "said"),
    [
        ("prometheus-rules", "expr: ", "exrp: ", "unknown field: spec.groups[0].rules[0].exrp"),
        ("prometheus-rules", "interval: 15s", "interval: soon", "spec.groups[0].interval"),
        ("prometheus-scrapes", "sampleLimit: 5000", "sampleLimit: many", "spec.sampleLimit"),
        ("prometheus-scrapes", "scheme: HTTPS", "scheme: ftp", "spec.scheme"),
        ("alertmanager", "replicas: 2", "replicas: two", "spec.replicas"),
        ("alertmanager", "stringData:", "stringdata:", 'unknown field "stringdata"'),
        ("grafana-dashboards", "name: dashboard-amaie-agent", "name: Dashboard_agent", "metadata.name"),
        ("elasticsearch", "count: 3", "counts: 3", "unknown field: spec.nodeSets[0].counts"),
        ("logstash", "volumeClaimTemplates:", "volumeClaims:", "unknown field: spec.volumeClaims"),
        ("kibana", "kind: Kibana", "kind: Kobana", "no such kind: kibana.k8s.elastic.co/v1 Kobana"),
    ],
)
def test_a_broken_object_is_refused(
    judge: Callable[..., subprocess.CompletedProcess[str]],
    folder: Path,
    tmp_path: Path,
    name: str,
    was: str,
    becomes: str,
    said: str,
) -> None:
    """So that taking ours means something."""
    text = (folder / f"{name}.yaml").read_text()
    assert was in text
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace(was, becomes, 1))
    done = judge(broken)
    assert done.returncode == 1
    assert said in done.stderr
