# Generated from spec/kpis.yaml by scripts/generate.py. Do not edit: change the spec and run "make generate".
"""What the library takes from the specs."""
