"""From lines to a notice: plain text and the same as simple HTML, without words that nothing we send may say (P-16)."""

from __future__ import annotations

from html import escape
from typing import Any

from api.policy.wording import without_control
from pipeline.notify import Notice


def notice_of(key: str, subject: str, lines: list[str], data: dict[str, Any]) -> Notice:
    """The notice. Raises ControlWording (E833)."""
    text = without_control("\n".join(lines))
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    page = f'<!doctype html><html lang="zh"><meta charset="utf-8"><body>{body}</body></html>'
    return Notice(key, without_control(" ".join(subject.split())), text, page, data)
