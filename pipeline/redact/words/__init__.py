"""Word lists of the redactor: plain text, words separated by white space."""

from __future__ import annotations

from importlib.resources import files


def words(name: str) -> tuple[str, ...]:
    """The words of ``name.txt``, in the order of the file."""
    return tuple(files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8").split())
