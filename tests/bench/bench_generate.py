"""How long generation takes as the spec grows: up to 1,000 KPIs with 2,000 alerts.

Example:
    python tests/bench/bench_generate.py              all sizes
    python tests/bench/bench_generate.py 1000         1,000 KPIs only
"""

from __future__ import annotations

import argparse
import copy
import shutil
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from generators.spec.model import Model

ROOT = Path(__file__).resolve().parents[2]
SMALL = ROOT / "tests" / "golden" / "small"
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "src")]

import generate  # noqa: E402 - after the path is set
from generators import names  # noqa: E402
from generators.registry import GENERATORS  # noqa: E402
from generators.shared import output  # noqa: E402

SIZES = (1, 10, 100, 1000)
FAMILIES = 10
"""KPIs are spread over this many dashboards, as people would."""


def grown(small: dict[str, Any], size: int) -> dict[str, Any]:
    """Return the small spec with `size` KPIs, each with two alerts of one and two levels."""
    spec_ = copy.deepcopy(small)
    gauge, *others = spec_["metrics"]
    spec_["metrics"] = [{**gauge, "name": f"amaie_shop_cash{n}"} for n in range(size)] + others
    families = min(FAMILIES, size)
    spec_["families"] = [
        {**small["families"][0], "name": f"shop{n}", "title": f"Shop {n}"} for n in range(families)
    ]
    spec_["recordings"] = [{**one, "family": "shop0"} for one in small["recordings"]]
    in_roles = [{**kpi, "family": "shop0"} for kpi in small["kpis"] if "role" in kpi]
    spec_["kpis"] = [_kpi(small["kpis"][0], number, families) for number in range(size)] + in_roles
    spec_["routing"]["mutes"] = []
    return spec_


def _kpi(cash: dict[str, Any], number: int, families: int) -> dict[str, Any]:
    (low,) = cash["alerts"]
    high = {**low, "compare": "above", "levels": [{"severity": "warning", "bound": 1000, "for": "5m"}]}
    return {
        **cash,
        "name": f"cash{number}",
        "family": f"shop{number % families}",
        "title": f"Cash {number}",
        "metric": f"shop_cash{number}",
        "expr": f"max by (drawer) (amaie_shop_cash{number})",
        "alerts": [{**low, "name": f"CashLow{number}"}, {**high, "name": f"CashHigh{number}"}],
    }


def measure(size: int) -> dict[str, float]:
    """Return the processor seconds of each step for a spec of a size: load, each generator, write."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path in (names.KPIS, names.LOGS, names.COMPOSE):
            (root / path).parent.mkdir(exist_ok=True)
            shutil.copy(SMALL / path, root / path)
        text = output.yaml_text(grown(yaml.safe_load((SMALL / names.KPIS).read_text()), size))
        (root / names.KPIS).write_text(text)
        begun = time.perf_counter()
        loaded: list[Model] = []
        steps = {"load": _seconds(lambda: loaded.append(generate.load(root)))}
        (model,) = loaded
        files: dict[str, str] = {}
        for generator in GENERATORS:
            steps[generator] = _seconds(partial(_render, model, generator, files))
        steps["write"] = _seconds(lambda: output.write(root, files))
        steps["all"] = sum(steps.values())
        steps["all, by clock"] = time.perf_counter() - begun
        steps["MB written"] = sum(map(len, files.values())) / 1e6
        return steps


def _render(model: Model, generator: str, files: dict[str, str]) -> None:
    files |= generate.render(model, [generator])


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print a row for each step and a column for each size."""
    summary, _, examples = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, help="numbers of KPIs")
    sizes = parser.parse_args().sizes or SIZES
    columns = {}
    for size in sizes:
        print(f"measuring {size} KPIs with {2 * size} alerts …", file=sys.stderr)
        columns[size] = measure(size)
    print(f"{'processor s':<14}" + "".join(f"{f'{size} KPIs':>12}" for size in sizes))
    for step in columns[sizes[0]]:
        print(f"{step:<14}" + "".join(f"{columns[size][step]:>12.3f}" for size in sizes))


if __name__ == "__main__":
    main()
