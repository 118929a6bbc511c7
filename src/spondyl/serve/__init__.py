"""Edges to the world that stay up: services that take films and hand out readings.

:mod:`isolated` keeps what opens films of unknown origin in processes of their own.
"""
