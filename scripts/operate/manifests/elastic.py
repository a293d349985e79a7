"""Elasticsearch, Kibana and Logstash for ECK, Elastic's operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from operate.manifests import objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from operate.manifests.objects import Cluster

NAME = "amaie"
NODES = 3
USERS, ROLES, LOGSTASH = "amaie-es-users", "amaie-es-roles", "amaie-logstash"
PIPELINE, CONTRACT = "amaie-logstash-pipeline", "amaie-logstash-contract"
AUTHORITY = "stack_ca.pem"
"""The file by which pipelines know Elasticsearch; ECK makes its own authority and keeps it in a Secret."""
CA = {"secret": {"name": f"{NAME}-es-http-certs-public", "items": [{"key": "ca.crt", "path": AUTHORITY}]}}
VARIABLES = (
    ("ES_PASSWORD", "es_amaie_writer_password"),
    ("FILES_PASSWORD", "logstash_files_password"),
    ("HTTP_PASSWORD", "logstash_http_password"),
)
"""Passwords that the pipelines take from their environment, by the key that holds each."""
PORTS = {"beats": 5044, "http": 8080, "files": 8081}
SETTINGS = ("pipeline", "queue", "dead_letter_queue", "log")
"""What of logstash.yml holds in a cluster, too; ECK has its own interface and sign-in."""
QUEUE_SIZE, INDEX_SIZE = "6Gi", "50Gi"
"""Of a Logstash: its queues and dead letters; of an Elasticsearch node."""
DATA = "/usr/share/logstash/data"


def elasticsearch(roles: str, version: str, cluster: Cluster) -> Iterator[dict[str, Any]]:
    """Yield three nodes that know our roles and users, and the roles."""
    yield objects.secret(cluster, ROLES, {"roles.yml": roles})
    nodes = {
        "name": "default",
        "count": NODES,
        "volumeClaimTemplates": [_claim("elasticsearch-data", INDEX_SIZE)],
    }
    auth = {"fileRealm": [{"secretName": USERS}], "roles": [{"secretName": ROLES}]}
    kind = ("elasticsearch.k8s.elastic.co/v1", "Elasticsearch")
    yield objects.new(cluster, kind, NAME, spec={"version": version, "auth": auth, "nodeSets": [nodes]})


def kibana(version: str, cluster: Cluster) -> dict[str, Any]:
    """Return a Kibana beside it."""
    kind = ("kibana.k8s.elastic.co/v1", "Kibana")
    spec = {"version": version, "count": 1, "elasticsearchRef": {"name": NAME}}
    return objects.new(cluster, kind, NAME, spec=spec)


def logstash(
    pipeline: Mapping[str, str],
    contract: Mapping[str, str],
    settings: Mapping[str, Any],
    pipelines: list[dict[str, Any]],
    version: str,
    cluster: Cluster,
) -> Iterator[dict[str, Any]]:
    """Yield our pipelines and the contract, and a Logstash that runs them.

    Args:
        pipeline: The files of logstash/pipeline, by their path in it.
        contract: The files of logstash/generated, by name.
        settings: logstash.yml.
        pipelines: pipelines.yml.
        version: Of Logstash.
        cluster: Where it goes.
    """
    yield objects.config_map(cluster, PIPELINE, {key(path): text for path, text in pipeline.items()})
    yield objects.config_map(cluster, CONTRACT, contract)
    spec = {
        "version": version,
        "count": 1,
        "config": {name: value for name, value in settings.items() if name.partition(".")[0] in SETTINGS},
        "pipelines": pipelines,
        "services": [_service(name, port) for name, port in PORTS.items()],
        "volumeClaimTemplates": [_claim("logstash-data", QUEUE_SIZE)],
        "podTemplate": {"spec": _pod([*pipeline])},
    }
    yield objects.new(cluster, ("logstash.k8s.elastic.co/v1alpha1", "Logstash"), NAME, spec=spec)


def key(path: str) -> str:
    """Return the key of a file in a ConfigMap, which has no folders."""
    return path.replace("/", "__")


def _pod(paths: list[str]) -> dict[str, Any]:
    items = [{"key": key(path), "path": path} for path in sorted(paths)]
    mounts = [
        {"name": "pipeline-files", "mountPath": "/usr/share/logstash/pipeline", "readOnly": True},
        {"name": "contract", "mountPath": "/usr/share/logstash/generated", "readOnly": True},
        {"name": "secrets", "mountPath": "/run/secrets", "readOnly": True},
    ]
    environment: list[dict[str, Any]] = [
        {"name": "ELASTICSEARCH_URL", "value": f"https://{NAME}-es-http:9200"},
        *(
            {"name": name, "valueFrom": {"secretKeyRef": {"name": LOGSTASH, "key": secret}}}
            for name, secret in VARIABLES
        ),
    ]
    # The pipeline that reads dead letters looks for their folder before the one that writes them has made it.
    folder = {
        "name": "dead-letters",
        "command": ["mkdir", "-p", f"{DATA}/dead_letter_queue/amaie"],
        "volumeMounts": [{"name": "logstash-data", "mountPath": DATA}],
    }
    return {
        "initContainers": [folder],
        "containers": [{"name": "logstash", "env": environment, "volumeMounts": mounts}],
        "volumes": [
            {"name": "pipeline-files", "configMap": {"name": PIPELINE, "items": items}},
            {"name": "contract", "configMap": {"name": CONTRACT}},
            {"name": "secrets", "projected": {"sources": [{"secret": {"name": LOGSTASH}}, CA]}},
        ],
    }


def _service(name: str, port: int) -> dict[str, Any]:
    ports = [{"name": name, "port": port, "targetPort": port, "protocol": "TCP"}]
    return {"name": name, "service": {"spec": {"type": "ClusterIP", "ports": ports}}}


def _claim(name: str, size: str) -> dict[str, Any]:
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return {"metadata": {"name": name}, "spec": wanted}
