"""What of the stack is scraped, from the `metrics.port` labels of the compose file and what it includes.

AMAIE's own services are not among them: those stand in the `site.yaml` of an installation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from generators import names
from generators.spec.model import Scrape
from generators.spec.strict_yaml import Problem, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PORT_LABEL = "metrics.port"
PATH_LABEL = "metrics.path"
SCHEME_LABEL = "metrics.scheme"
SCHEMES = ("http", "https")


def read(path: Path, name: str = names.COMPOSE) -> tuple[Scrape, ...]:
    """Return what the labels of a compose file say is to be scraped, or raise `SpecError`."""
    scrapes, problems = [], []
    for file, compose in _files(path, name):
        for service, node in _items(_child(compose, "services")):
            found = _scrape(service, _labels(_child(node, "labels")), file)
            if isinstance(found, Problem):
                problems.append(found)
            elif found:
                scrapes.append(found)
    if problems:
        raise SpecError(problems)
    return tuple(scrapes)


def _files(path: Path, name: str) -> Iterator[tuple[str, yaml.Node | None]]:
    """Yield a compose file and those that it includes, by their names, with what is in them."""
    try:
        compose = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError as error:
        text = "there is no such file; create it or correct the path"
        raise SpecError([Problem(name, 1, "", text)]) from error
    except yaml.YAMLError as error:
        text = f"the compose file cannot be read ({' '.join(str(error).split())}); correct it"
        raise SpecError([Problem(name, 1, "", text)]) from error
    yield name, compose
    included = _child(compose, "include")
    for item in included.value if isinstance(included, yaml.SequenceNode) else ():
        if not isinstance(item, yaml.ScalarNode):
            text = "an included file is written in another way than by its name; write just the name"
            raise SpecError([Problem(name, item.start_mark.line + 1, "include", text)])
        folder, _, _ = name.rpartition("/")
        yield from _files(path.parent / item.value, f"{folder}/{item.value}")


def _scrape(service: str, labels: dict[str, tuple[str, int]], name: str) -> Scrape | Problem | None:
    if PORT_LABEL not in labels:
        return None
    port, line = labels[PORT_LABEL]
    path = labels.get(PATH_LABEL, ("/metrics", 0))[0]
    scheme, scheme_line = labels.get(SCHEME_LABEL, ("http", 0))
    if scheme not in SCHEMES:
        where = f"services[{service}].labels[{SCHEME_LABEL}]"
        return Problem(name, scheme_line, where, f"'{scheme}' is not known; write http or https")
    try:
        return Scrape(service=service, port=int(port), path=path, scheme=scheme)
    except (ValueError, ValidationError):
        where = f"services[{service}].labels[{PORT_LABEL}]"
        return Problem(name, line, where, f"'{port}' is not a port; write it like \"9101\"")


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
