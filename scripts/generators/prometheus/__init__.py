"""Prometheus: rules, their unit tests, scrape targets."""
