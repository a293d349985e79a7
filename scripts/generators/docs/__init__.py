"""Pages for people: runbooks and tables."""
