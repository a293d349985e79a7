"""One module per page: what it shows, built from fragments and charts."""
