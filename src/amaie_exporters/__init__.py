"""Exporters of our own, for what no published one does: the engine's containers, Logstash's counters.

Each is run as a module (`python -m amaie_exporters.logstash`) and served by the library's `MetricsServer`.
"""
