"""The gateway: lets in what other machines send, by TLS and with a password, and nothing else."""
