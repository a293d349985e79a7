"""The loader of spec/logs.yaml finds every mistake, says where it is and what to write instead."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
import yaml

from generators.spec import log_patterns, logspec
from generators.spec.strict_yaml import SpecError

SPEC = Path(__file__).parents[4] / "spec" / "logs.yaml"
TEXT = SPEC.read_text(encoding="utf-8")

MISTAKES = [
    (
        ("    span_id: [span.id,", "    span: [span.id,"),
        "foreign.names.span: 'span' is no field of this contract; remove it",
    ),
    (
        ("    span_id: [span.id,", "    span_id: [trace.id,"),
        "foreign.names.span_id[trace.id]: 'trace.id' means trace_id already; remove one",
    ),
    (
        ("    span_id: [span.id,", "    span_id: [symbol,"),
        "foreign.names.span_id[symbol]: 'symbol' is a field of its own; remove it here",
    ),
    (
        ("{DEBUG: 8, INFO: 12,", "{DEBUG: 8, INFO: 8,"),
        "foreign.numbers[0].levels: the numbers must rise; put them in order",
    ),
    (
        ("    - {levels: {DEBUG: 19,", "    - {under: [level], levels: {DEBUG: 19,"),
        "foreign.numbers[4]: the last scale is for all others; name nothing in it",
    ),
    (
        ("  - name: trade_id\n", "  - name: order_id\n"),
        "fields[order_id]: the name 'order_id' stands twice; give each its own",
    ),
    (
        ("  - name: service\n", "  - name: servce\n"),
        "fields: 'service' is missing; the pipeline needs it, add it back",
    ),
    (
        ("  - name: too_deep\n", "  - name: too_dep\n"),
        "reasons[too_dep].name: no code rejects for 'too_dep'; remove it",
    ),
    (
        ("    example: 0.0123\n", "    example: fast\n"),
        "fields[duration_seconds].example: the example is no decimal; write a value of that type",
    ),
    (
        ("    example: 4711\n", "    example: true\n"),
        "fields[process_id].example: the example is no long; write a value of that type",
    ),
    (
        ("WARN: WARNING", "WARN: WARNIN"),
        "fields[level].spellings: 'WARNIN' is none of the values; did you mean 'WARNING'?",
    ),
    (
        ("    ecs: [trace.id]\n", "    ecs: [span.id]\n"),
        "fields[trace_id].ecs: the alias 'span.id' stands at two fields; leave it at one",
    ),
    (
        ("    ecs: [container.id]\n", "    ecs: [order_id]\n"),
        "fields[container_id].ecs: 'order_id' is itself a field; use another alias or remove it",
    ),
    (
        ("    passwords: [", "    pasword: ["),
        "redaction.words: 'passwords' is missing; redaction needs it, add it back",
    ),
    (
        ("    told_plainly: ", "    told_plain: "),
        "redaction.patterns.told_plain: no engine uses this pattern; correct its name or remove it",
    ),
    (
        ("    hex_chars: 32\n", ""),
        "redaction.bounds.hex_chars: this key is missing; add 'hex_chars: …'",
    ),
    (
        ("    pin_digits: [4, 8]\n", "    pin_digits: [8, 4]\n"),
        "redaction.bounds.pin_digits: the numbers do not rise; write the smallest first",
    ),
    (
        ("    max_length: 64\n", ""),
        "fields[symbol]: a text needs a bound; add 'max_length: 256'",
    ),
    (
        ("    unit: nats\n", ""),
        "fields[efe]: a fraction needs a unit; add 'unit: seconds' or 'unit: ratio'",
    ),
    (
        ("    type: boolean\n", "    type: bolean\n"),
        (
            "fields[truncated].type: 'bolean' is not known here; did you mean 'boolean'? write one of "
            "timestamp, keyword, text, decimal, long, boolean, object"
        ),
    ),
    (
        ("  max_depth: 16", "  max_depth: 60"),
        "limits.max_depth: 60 is too large; write at most 20",
    ),
    (
        ("  - name: rejected\n", "  - name: audit\n"),
        "streams[audit].name: 'audit' is not known here; write one of logs, rejected",
    ),
    (
        ("    retention: 30d\n", "    retention: 30d\n    dataset: trading\n"),
        "streams[logs].dataset: unknown key; write one of description, name, retention",
    ),
    (
        ("    retention: 30d\n", "    retention: 2w\n"),
        "streams[logs].retention: Elasticsearch does not read '2w'; write it like 14d",
    ),
    (
        ("WARNING, ERROR, CRITICAL]", "WARNING, ERROR, CRITICAL, PANIC]"),
        (
            "fields[level].values: 'PANIC' is no level of Python's logging; write one of DEBUG, INFO, "
            "WARNING, ERROR, CRITICAL, and 'PANIC' under spellings"
        ),
    ),
    (
        ("version: 1\n", "version: 2\n"),
        "version: '2' is not known here; write one of 1",
    ),
    (
        ("    retention: 30d\n", "    retention: 30 days\n"),
        "streams[logs].retention: '30 days' is not a duration; write it like 5m or 1h30m",
    ),
]


@pytest.mark.parametrize(("change", "problem"), MISTAKES, ids=[problem for _, problem in MISTAKES])
def test_a_mistake_gets_its_place_and_its_cure(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    """As `file:line: path: what is wrong; what to write instead`."""
    right, wrong = change
    assert right in TEXT
    path = tmp_path / "logs.yaml"
    path.write_text(TEXT.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        logspec.load(path, "spec/logs.yaml")
    texts = [f"{one.path}: {one.text}" for one in raised.value.problems]
    assert problem in texts, texts


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"secret=\w+", "Python and Ruby read \\b, \\w, \\d, \\s and (?P<…>) differently; spell it out"),
        (r"(a)(b)", "it has 2 groups; keep one (what gets masked), write the others as (?:…)"),
        (
            r"(a",
            "this pattern does not compile (missing ), unterminated subpattern at position 0); correct it",
        ),
    ],
)
def test_a_pattern_that_python_and_ruby_may_read_differently_is_refused(
    tmp_path: Path, pattern: str, text: str
) -> None:
    """The second net must catch what the first does."""
    path = tmp_path / "logs.yaml"
    line = next(line for line in TEXT.split("\n") if line.lstrip().startswith("pattern: "))
    path.write_text(TEXT.replace(line, f"      pattern: '{pattern}'", 1), encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        logspec.load(path, "spec/logs.yaml")
    assert text in [one.text for one in raised.value.problems]


@pytest.mark.parametrize("key", ["name", "group", "type", "redaction", "description", "example"])
def test_a_field_says_all_that_the_generators_need(tmp_path: Path, key: str) -> None:
    """Every field has a type, a redaction class, a description and an example; none is guessed."""
    path = tmp_path / "logs.yaml"
    start = TEXT.index("  - name: order_id\n")
    end = TEXT.index("  - name: client_order_id\n")
    entry = yaml.safe_load(TEXT[start:end])[0]
    del entry[key]
    rest = yaml.safe_dump([entry], default_flow_style=False, sort_keys=False)
    path.write_text(TEXT[:start] + textwrap.indent(rest, "  ") + TEXT[end:], encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        logspec.load(path, "spec/logs.yaml")
    assert f"this key is missing; add '{key}: …'" in [one.text for one in raised.value.problems]


def test_the_spec_itself_is_right() -> None:
    """And has every field of the standard's section 3."""
    spec = logspec.load(SPEC)
    standard = (
        *("timestamp", "level", "service", "module", "message", "trace_id", "span_id"),
        *("symbol", "order_id", "trade_id", "account_id", "strategy_id"),
        *("agent_id", "belief_state_id", "policy_id", "container_id", "profile_name", "amount", "price"),
    )
    assert set(standard) <= {field.name for field in spec.fields}
    required = {field.name for field in spec.fields if field.required}
    assert required == {"timestamp", "level", "service", "module", "message"}


def test_what_the_library_and_the_filter_name_is_needed_and_nothing_else() -> None:
    """A list or pattern that an engine reads and the spec may leave out would fail in a trading process."""
    root = SPEC.parents[1]
    library, ruby = (
        "\n".join(path.read_text("utf-8") for path in (root / folder).glob(files))
        for folder, files in (("src/amaie_telemetry/redact", "*.py"), ("logstash/pipeline/amaie", "*.rb"))
    )
    for name in log_patterns.PATTERNS | log_patterns.WORDS:
        assert re.search(rf'"{name}"', library), name
        assert re.search(rf'[" \[]{name}["\] ]', ruby), name
