"""A simulated AMAIE: its three services with their metrics and logs, playing seeded scenarios."""
