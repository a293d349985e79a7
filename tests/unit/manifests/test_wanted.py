"""Every Secret that a manifest refers to is on the page, with every key, and none is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from operate.manifests import wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    Found = dict[tuple[str, str], dict[str, Any]]

MADE_BY_ECK = "amaie-es-http-certs-public"


def referred(value: Any) -> Iterator[tuple[str, str | None]]:
    """Yield the name of every Secret that is referred to, with its key where there is one."""
    if isinstance(value, list):
        for item in value:
            yield from referred(item)
    if isinstance(value, dict):
        for key, item in value.items():
            if key in {"secret", "secretKeyRef", "credentials", "username", "password"} and "name" in item:
                yield item["name"], item.get("key")
            elif key == "secretName":
                yield item, None
            yield from referred(item)


def test_every_reference_is_on_the_page(found: Found, written: dict[str, str]) -> None:
    """A Secret that is missing keeps a pod from starting: each has its command, each key its file."""
    page = written["secrets.md"]
    seen = set(referred(list(found.values()))) | {
        (name, None) for name in found["Alertmanager", "amaie"]["spec"]["secrets"]
    }
    rendered = {name for kind, name in found if kind == "Secret"}
    asked = [(name, key) for name, key in seen if name not in rendered | {MADE_BY_ECK}]
    assert {name for name, _ in asked} == {
        *("amaie-receivers", "amaie-services", "amaie-logstash", "amaie-es-users")
    }
    for name, key in asked:
        assert f"kubectl create secret generic {name} --namespace trading" in page
        assert key is None or f"--from-file={key}=" in page or f"- `{key}`: scraper" in page


def test_files_are_found_in_any_text() -> None:
    """At the end of a word, of a line, of the text."""
    text = 'a => "/run/secrets/one.pem"\nb: /run/secrets/two_2\n/run/secrets/three'
    assert wanted.mentioned(text) == {"one.pem", "two_2", "three"}
    assert wanted.mentioned("none") == set()
