"""Edges to the world that stay up: services that take films and hand out readings."""
