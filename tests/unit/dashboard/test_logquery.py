"""Filters of the logs never become syntax."""

from __future__ import annotations

from amaie_dashboard import logquery
from amaie_dashboard.logquery import LogQuery


def test_values_stay_values() -> None:
    """Whatever is typed is a JSON string in its place."""
    hostile = '" OR 1==1 }} * _id:* \\'
    filters = LogQuery(text=hostile, order_id=hostile).body()["query"]["bool"]["filter"]

    assert filters == [
        {"term": {"order_id": hostile}},
        {"match": {"message": {"query": hostile, "operator": "and"}}},
    ]


def test_a_level_means_that_level_and_the_more_urgent() -> None:
    """WARNING shows WARNING, ERROR and CRITICAL; an unknown level filters nothing."""
    assert LogQuery(level="WARNING").body()["query"]["bool"]["filter"] == [
        {"terms": {"level": ["WARNING", "ERROR", "CRITICAL"]}}
    ]
    assert LogQuery(level="LOUD").body()["query"]["bool"]["filter"] == []


def test_a_story_is_everything_that_an_id_and_its_traces_join() -> None:
    """The oldest first."""
    body = logquery.story("order_id", "ORD-1", ("t1", "t2"))

    assert body["query"]["bool"]["should"] == [
        {"term": {"order_id": "ORD-1"}},
        {"terms": {"trace_id": ["t1", "t2"]}},
    ]
    assert body["sort"][0]["@timestamp"]["order"] == "asc"


def test_a_kql_value_is_quoted() -> None:
    """Quotes and backslashes are escaped, so that the value ends where it should."""
    assert logquery.kql('a"b\\c') == '"a\\"b\\\\c"'
