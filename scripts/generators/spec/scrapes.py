"""What is to be scraped, from the `metrics.port` labels of the compose file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from generators import names
from generators.spec.model import Scrape
from generators.spec.strict_yaml import Problem, SpecError

if TYPE_CHECKING:
    from pathlib import Path

PORT_LABEL = "metrics.port"
PATH_LABEL = "metrics.path"


def read(path: Path, name: str = names.COMPOSE) -> tuple[Scrape, ...]:
    """Return what the labels of a compose file say is to be scraped, or raise `SpecError`."""
    try:
        compose = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError as error:
        text = "there is no such file; create it or correct the path"
        raise SpecError([Problem(name, 1, "", text)]) from error
    except yaml.YAMLError as error:
        text = f"the compose file cannot be read ({' '.join(str(error).split())}); correct it"
        raise SpecError([Problem(name, 1, "", text)]) from error
    scrapes, problems = [], []
    for service, node in _items(_child(compose, "services")):
        labels = _labels(_child(node, "labels"))
        if PORT_LABEL not in labels:
            continue
        port, line = labels[PORT_LABEL]
        try:
            scrapes.append(
                Scrape(service=service, port=int(port), path=labels.get(PATH_LABEL, ("/metrics", 0))[0])
            )
        except (ValueError, ValidationError):
            where = f"services[{service}].labels[{PORT_LABEL}]"
            problems.append(Problem(name, line, where, f"'{port}' is not a port; write it like \"9101\""))
    if problems:
        raise SpecError(problems)
    return tuple(scrapes)


def _items(node: yaml.Node | None) -> list[tuple[str, yaml.Node]]:
    """Return the keys and values of a mapping, those that come by a merge key (`<<`) included."""
    if not isinstance(node, yaml.MappingNode):
        return []
    yaml.SafeLoader("").flatten_mapping(node)
    return [(key.value, value) for key, value in node.value]


def _child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    return dict(_items(node)).get(key)


def _labels(node: yaml.Node | None) -> dict[str, tuple[str, int]]:
    """Return label -> (value, line) from both notations of compose: a mapping, or a list of `key=value`."""
    if isinstance(node, yaml.SequenceNode):
        pairs = [(*item.value.partition("=")[::2], item) for item in node.value]
    else:
        pairs = [(key, value.value, value) for key, value in _items(node)]
    return {key: (str(text), item.start_mark.line + 1) for key, text, item in pairs}
