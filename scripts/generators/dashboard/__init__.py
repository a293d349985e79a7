"""The live dashboard: its catalogue."""
