"""The routes are ours, the paths are the operator's, and what it mounts is what the configuration names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from operate.manifests import wanted
from operate.site import files
from operate.site.shape import Site

from .conftest import SITE

if TYPE_CHECKING:
    from generators.spec.model import Model

    Found = dict[tuple[str, str], dict[str, Any]]


def test_only_paths_differ_from_our_own_configuration(found: Found, model: Model) -> None:
    """Routes, receivers, inhibition and mute times are those that amtool and our tests know."""
    ours = files.render(model, Site.model_validate(SITE))["alertmanager/generated/alertmanager.yml"]
    theirs = found["Secret", "amaie-alertmanager"]["stringData"]["alertmanager.yaml"]
    secrets = "/etc/alertmanager/secrets/amaie-receivers/"
    assert "/run/secrets" not in theirs
    assert theirs != ours
    back = theirs.replace(secrets, "/run/secrets/")
    assert back.replace("/etc/alertmanager/configmaps/amaie-templates/", "../templates/") == ours
    assert wanted.mentioned(ours) == {"slack_webhook_url"}


def test_the_alertmanagers_mount_what_the_configuration_names(found: Found) -> None:
    """Two of them; without a selector of AlertmanagerConfigs the operator takes the Secret as it is."""
    spec = found["Alertmanager", "amaie"]["spec"]
    assert spec.pop("version").startswith("v")
    assert spec == {
        "replicas": 2,
        "configSecret": "amaie-alertmanager",
        "configMaps": ["amaie-templates"],
        "secrets": ["amaie-receivers"],
    }
    config = yaml.safe_load(found["Secret", "amaie-alertmanager"]["stringData"]["alertmanager.yaml"])
    assert config["templates"] == ["/etc/alertmanager/configmaps/amaie-templates/*.tmpl"]
    assert all(name.endswith(".tmpl") for name in found["ConfigMap", "amaie-templates"]["data"])
