"""Names of accounts and keys: both stand in the audit trail, which takes these characters."""

from __future__ import annotations

import re
from typing import Final

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{1,63}")


def check_name(name: str) -> str:
    """The name. Raises ValueError (E903) for one that the audit trail cannot hold."""
    if not NAME.fullmatch(name):
        raise ValueError(
            "E903: a name has 2 to 64 ASCII letters, digits and . _ - such as li.wei; it stands in the audit trail"
        )
    return name
