"""The log shipper: files in, checked and redacted documents out, each exactly once."""
