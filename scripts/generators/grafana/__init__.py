"""Grafana: dashboards."""
