"""The command ``spondyl``: parses, calls, prints."""

from spondyl.cli.main import main

__all__ = ["main"]
