"""The log contract for the programs that enforce it."""
