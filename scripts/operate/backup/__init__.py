"""A stack's data in a folder of the user's, and back: `make backup`, `make restore`."""
