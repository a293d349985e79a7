"""A line more in site.yaml leaves everything that a person wrote as it was."""

from __future__ import annotations

import pytest
import yaml

from operate.site import edit

ITEM = {"name": "b", "role": "amaie-trader", "compose": "b:1"}
LINE = '{name: b, role: amaie-trader, compose: "b:1"}'

TEXTS = {
    "empty": ("", f"services:\n  - {LINE}\n"),
    "key lacking": ("version: 1 # one\n", f"version: 1 # one\n\nservices:\n  - {LINE}\n"),
    "no value": ("services: # none yet\nlogs: [/x]\n", f"services:\n  - {LINE} # none yet\nlogs: [/x]\n"),
    "empty list": ("services: [] # none\n", f"services:\n  - {LINE} # none\n"),
    "block": (
        "services:\n  - name: a # first\n    host: 1   # port\n\n# the end\nlogs: [/x]\n",
        f"services:\n  - name: a # first\n    host: 1   # port\n  - {LINE}\n\n# the end\nlogs: [/x]\n",
    ),
    "flush block": ("services:\n- {name: a}\n", f"services:\n- {{name: a}}\n- {LINE}\n"),
    "no newline": ("services:\n- {name: a}", f"services:\n- {{name: a}}\n- {LINE}\n"),
    "flow": ("services: [{name: a}] # all\n", f"services: [{{name: a}}, {LINE}] # all\n"),
    "text block": (
        "services:\n- a: |\n    long\nlogs: []\n",
        f"services:\n- a: |\n    long\n- {LINE}\nlogs: []\n",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_an_item_is_added_as_the_list_is_written(case: str) -> None:
    """Comments, order and blank lines stay; what comes out is YAML with one item more."""
    before, after = TEXTS[case]
    assert edit.add(before, "services", ITEM) == after
    known = (yaml.safe_load(before) or {}).get("services") or []
    assert yaml.safe_load(after)["services"] == [*known, ITEM]


def test_a_line_goes_before_the_example_of_its_key() -> None:
    """So that an answer stands beside the words that explain it; without an example, at the end."""
    assert edit.set_before("# about\n#links: x\n", "#links:", "links: y") == "# about\nlinks: y\n#links: x\n"
    assert edit.set_before("a: 1\n", "#links:", "links: y") == "a: 1\nlinks: y\n"


VALUES = ["true", "1", "a b", "#x", "null", "é:", "", 0.05, 3, ["a", "b:1"], {"a": "1"}]


@pytest.mark.parametrize("value", VALUES)
def test_any_value_on_one_line_is_read_as_it_was(value: object) -> None:
    """A text that looks like something else is quoted."""
    assert yaml.safe_load(edit.inline(value)) == value
