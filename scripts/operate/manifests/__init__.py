"""What the operators of a Kubernetes cluster take, from the same spec and the same site."""
