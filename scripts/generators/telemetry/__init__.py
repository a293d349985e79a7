"""The typed metrics of the services' library."""
