"""Alertmanager: routes, receivers, inhibitions."""
