"""Statistics of the engine's containers for Prometheus, without giving anybody the engine's socket.

Two processes: `proxy` holds the socket and answers a handful of reading requests with the fields that are
needed; `exporter` turns them into metrics with cAdvisor's names.
"""
