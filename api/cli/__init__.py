"""The command line ``minyi``: one module a command, loaded when it is asked for."""

from api.cli.main import main

__all__ = ["main"]
