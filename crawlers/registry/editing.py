"""Changing a source file as text, so that its comments stay."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

_LONG: Final = r'"""(?s:.*?)"""|\[[^\]]*\]'
"""Values that may span lines: texts in three quotation marks, and lists."""


def with_values(text: str, values: Mapping[str, str | bool | tuple[str, ...]]) -> str:
    """The TOML text with these top-level keys set: in their place, or before the first table where they are new."""
    table = re.search(r"^\s*\[", text, re.M)
    head, tail = (text[: table.start()], text[table.start() :]) if table else (text, "")
    for key, value in values.items():
        line = f"{key} = {_written(value)}"
        present = re.compile(rf"^{key}\s*=\s*(?:{_LONG}|.*$)", re.M)
        if present.search(head):
            head = present.sub(lambda _, line=line: line, head, count=1)  # type: ignore[misc]
        else:
            head = f"{head.rstrip()}\n{line}\n"
    return f"{head.rstrip()}\n\n{tail.lstrip()}" if tail else f"{head.rstrip()}\n"


def _written(value: str | bool | tuple[str, ...]) -> str:
    """A value as TOML: a JSON string is one in TOML too."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
