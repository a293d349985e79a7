"""The launcher's live operational dashboard: a web page over Prometheus, Alertmanager and Elasticsearch."""
