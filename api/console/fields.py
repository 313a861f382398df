"""Fields of forms and addresses: what was left blank was not given."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BeforeValidator


def given(value: Any) -> Any:
    """The text without blanks around it; None for one that has nothing else."""
    return value.strip() or None if isinstance(value, str) else value


OrNone: Final = BeforeValidator(given)
"""Stands beside ``… | None``; constraints belong inside, to what is not None."""
