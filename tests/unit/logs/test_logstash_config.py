"""Logstash's files, read by its grammar: what they say about safety is checked here, without Logstash."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from logstash.config import ConfigError, Plugin, Section, parse
from ruby import jruby

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "logstash"
PIPELINES = {path.stem: parse(path.read_text()) for path in sorted((FOLDER / "pipeline").glob("*.conf"))}
SETTINGS: dict[str, Any] = yaml.safe_load((FOLDER / "config" / "logstash.yml").read_text())
LISTED: list[dict[str, Any]] = yaml.safe_load((FOLDER / "config" / "pipelines.yml").read_text())
DATA_STREAM_SETTINGS = {
    *("id", "hosts", "user", "password", "document_id", "dlq_custom_codes", "data_stream"),
    *("silence_errors_in_log", "retry_max_interval", "ssl_certificate_authorities"),
    *(f"data_stream_{name}" for name in ("type", "dataset", "namespace", "auto_routing", "sync_fields")),
}
"""What the output takes with `data_stream => true`; with any other setting Logstash does not start."""


def _plugins(kind: str, pipeline: str | None = None) -> list[Plugin]:
    chosen = PIPELINES.values() if pipeline is None else [PIPELINES[pipeline]]
    return [plugin for sections in chosen for one in sections if one.kind == kind for plugin in one.plugins()]


def test_every_pipeline_has_input_filter_and_output() -> None:
    """And each file is listed in pipelines.yml, and no other."""
    for sections in PIPELINES.values():
        assert [section.kind for section in sections] == ["input", "filter", "output"]
    listed = [Path(one["path.config"]).stem for one in LISTED]
    assert sorted(listed) == sorted(PIPELINES)


def test_every_output_names_its_data_stream_and_document_and_nothing_that_data_streams_refuse() -> None:
    """Explicit, so that no sender can choose its stream; created by id, so that no replay doubles."""
    outputs = _plugins("output")
    assert len(outputs) == 3
    for output in outputs:
        settings = output.settings
        assert output.name == "elasticsearch"
        assert set(settings) <= DATA_STREAM_SETTINGS
        assert settings["data_stream"] == "true"
        assert settings["data_stream_auto_routing"] is False
        assert settings["data_stream_sync_fields"] is False
        assert settings["document_id"] == "%{[@metadata][id]}"
        assert settings["user"] == "amaie_writer"
        assert settings["ssl_certificate_authorities"] == ["/run/secrets/stack_ca.pem"]
        assert settings["data_stream_dataset"] in ("amaie", "amaie.rejected")
        # What is there already is none, and would be written into Logstash's log as a whole.
        assert settings["silence_errors_in_log"] == ["version_conflict_engine_exception"]


def test_every_door_that_others_reach_speaks_tls() -> None:
    """The inputs by certificate and key, the API by a keystore, which is all that it takes."""
    doors = [one for one in _plugins("input") if "port" in one.settings]
    assert len(doors) == 3
    for door in doors:
        assert door.settings["ssl_enabled"] is True
        assert door.settings["ssl_certificate"] == "/run/secrets/logstash_certificate.pem"
        assert door.settings["ssl_key"] == "/run/secrets/logstash_key.pem"
    assert SETTINGS["api.ssl.enabled"] is True
    assert SETTINGS["api.ssl.keystore.path"] == "/run/secrets/logstash_keystore.p12"


def test_no_password_stands_in_a_file() -> None:
    """They come from the environment of Logstash's process alone, where its entrypoint puts them."""
    for kind in ("input", "output"):
        for plugin in _plugins(kind):
            for name, value in plugin.settings.items():
                if "password" in name:
                    assert re.fullmatch(r"\$\{[A-Z_]+\}", value)


def test_inputs_acknowledge_and_hand_over_plain_bytes() -> None:
    """No raw TCP or UDP, which lose events without telling; no codec that logs lines that it cannot read."""
    inputs = {plugin.settings["id"]: plugin for plugin in _plugins("input", "amaie")}
    assert {name: plugin.name for name, plugin in inputs.items()} == {
        "files": "http",
        "http": "http",
        "beats": "beats",
    }
    # Our shipper sends documents, which are UTF-8.
    for name, charset, latin1 in (("files", {}, "no"), ("http", {"charset": "ISO-8859-1"}, "yes")):
        settings = inputs[name].settings
        assert settings["codec"] == Plugin("line", {**charset, "ecs_compatibility": "disabled"})
        assert settings["add_field"]["[@metadata][latin1]"] == latin1
        assert settings["additional_codecs"] == {}
        assert {"user", "password"} <= set(settings)


def test_no_input_gives_an_event_a_name_that_logstash_uses_itself() -> None:
    """Under ECS v8 the inputs fill [@metadata][input]: adding to it makes a list of it."""
    for plugin in _plugins("input", "amaie"):
        assert set(plugin.settings["add_field"]) == {"[@metadata][latin1]", "[@metadata][origin]"}
        assert plugin.settings["add_field"]["[@metadata][origin]"] == plugin.settings["id"]


def test_the_api_asks_for_a_password() -> None:
    """It can switch on the logging of raw lines."""
    assert SETTINGS["api.auth.type"] == "basic"
    assert SETTINGS["api.auth.basic.password"] == "${API_PASSWORD}"


def test_all_meaning_is_in_one_script() -> None:
    """The filter section connects, it decides nothing but that nothing raw goes on."""
    script, drop = _plugins("filter", "amaie")
    assert drop == Plugin("drop", {"id": "failed"})
    assert script.name == "ruby"
    assert set(script.settings) == {"id", "path", "script_params"}
    assert (FOLDER / "pipeline" / Path(script.settings["path"]).name).exists()


def test_dead_letters_go_to_the_rejected_stream_and_make_no_new_ones() -> None:
    """The second pipeline reads what the first could not deliver, and removes what it has read."""
    (letters,) = _plugins("input", "dead_letters")
    assert letters.settings["pipeline_id"] == LISTED[0]["pipeline.id"]
    assert letters.settings["clean_consumed"] is True
    assert letters.settings["commit_offsets"] is True
    (output,) = _plugins("output", "dead_letters")
    assert output.settings["data_stream_dataset"] == "amaie.rejected"
    assert LISTED[1]["dead_letter_queue.enable"] is False


def test_events_survive_a_crash_of_logstash() -> None:
    """Queue and dead letters are on disk and bounded."""
    assert SETTINGS["queue.type"] == "persisted"
    assert SETTINGS["dead_letter_queue.enable"] is True
    assert {"queue.max_bytes", "dead_letter_queue.max_bytes"} <= set(SETTINGS)
    assert SETTINGS["pipeline.ecs_compatibility"] == "v8"


FIELDS = {"event_id": "p-1", "service": "amaie-trader", "level": "INFO", "message": "Order placed"}
SPOOF = 'response: {"create"=>{"error"=>{"type"=>"spoofed"}}}, response: {"create" => {"type" => "spoofed"'


def _letters(*asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the dead letter script makes of documents, run by JRuby."""
    script = ROOT / "tests" / "ruby" / "letter.rb"
    text = "".join(json.dumps(one) + "\n" for one in asked)
    return [
        json.loads(line)
        for line in jruby.run(script, FOLDER / "pipeline" / "dead_letter.rb", text=text).splitlines()
    ]


def _letter(reason: str = "failed to parse field", **changes: Any) -> dict[str, Any]:
    error = {"type": "document_parsing_exception", "reason": reason, "caused_by": {"type": "another"}}
    answered = {"create": {"_id": "p-1", "status": 400, "error": error}}
    return {"fields": FIELDS, "id": "p-1", "answered": answered} | changes


def test_a_refused_document_becomes_a_rejected_one() -> None:
    """Reason, what Elasticsearch said, the document, the same id."""
    (answer,) = _letters(_letter())
    record = answer["document"].pop("record")
    assert json.loads(record)["message"] == "Order placed"
    assert answer == {
        "stream": "rejected",
        "id": "p-1",
        "document": {
            "@timestamp": "2026-01-02T03:04:05.678Z",
            "reason": "refused",
            "detail": "document_parsing_exception",
            "source": "dead_letter_queue",
            "record_bytes": len(record.encode()),
            "service": "amaie-trader",
            "level": "INFO",
            "event_id": "p-1",
        },
    }


def test_a_document_cannot_say_why_it_was_refused() -> None:
    """Not by its text, nor by a value that Elasticsearch quotes in its answer."""
    spoofed = _letters(
        _letter(fields={**FIELDS, "message": SPOOF}), _letter(reason=f"preview of value: '{SPOOF}'")
    )
    assert [one["document"]["detail"] for one in spoofed] == ["document_parsing_exception"] * 2
    (unknown,) = _letters(_letter(fields={**FIELDS, "message": SPOOF}, answered=None))
    assert unknown["document"]["detail"] == "unknown"


def test_a_letter_has_the_id_that_its_document_had() -> None:
    """So read again after a crash it is no second document; without one its fields name it, in any order."""
    fields = {name: value for name, value in FIELDS.items() if name != "event_id"}
    other = dict(reversed(fields.items()))
    kept, first, second = _letters(
        _letter(fields=fields, id="line-1"), _letter(fields=fields, id=None), _letter(fields=other, id=None)
    )
    assert kept["id"] == "line-1"
    assert first["id"] == second["id"]
    assert first["id"].startswith("line-")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("input { file { path => } }", "line 1, column 24: expected a value"),
        ("input {\n  file { path = 'x' }\n}", "line 2, column 15: expected =>"),
        ("inputs { }", "line 1, column 6: expected {"),
        ("filter { if [a] == { } }", "line 1, column 24: expected {"),
        (
            "output { x { a => 1 a => 2 } }",
            "line 1, column 25: expected a setting other than a, which stands here already",
        ),
        ("", "line 1, column 1: expected a section"),
    ],
)
def test_a_broken_pipeline_file_is_refused(text: str, problem: str) -> None:
    """The parser would notice what Logstash would not start with."""
    with pytest.raises(ConfigError) as raised:
        parse(text)
    assert str(raised.value) == problem


def test_the_grammar_knows_conditions_codecs_hashes_and_comments() -> None:
    """What pipelines of other people use is read, too."""
    text = """# a comment
    filter {
      if [a][b] =~ /x\\/y/ and !([c] in ["d", 'e']) { mutate { add_tag => ["t", "u"] } }
      else if "z" not in [tags] or [n] >= 1.5e3 { drop {} } else { json { source => message } }
    }
    output { stdout { codec => rubydebug { metadata => true } } http { headers => { "A" => "b" 'C' => 1 } } }
    """
    filters, outputs = parse(text)
    assert [plugin.name for plugin in filters.plugins()] == ["mutate", "drop", "json"]
    assert filters.body[0].arms[1][0] == '"z" not in [tags] or [n] >= 1.5e3'
    assert outputs == Section(
        "output",
        [
            Plugin("stdout", {"codec": Plugin("rubydebug", {"metadata": True})}),
            Plugin("http", {"headers": {"A": "b", "C": 1}}),
        ],
    )
