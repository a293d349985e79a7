"""Elasticsearch and Kibana: index templates, roles, saved objects."""
