"""``minyi redact``: JSONL in, JSONL out, personal data taken out."""

from __future__ import annotations

import sys
from typing import Final

import click

from api.cli.jsonl import Row, run_filter, text_field

_OFFICIAL_GENRES: Final = frozenset({"reply", "notice", "news"})


@click.command(
    epilog="""\b
Examples:
  echo '{"uid":"1","text":"联系人：张建国，电话13800138000"}' | minyi redact
  minyi redact < letters.jsonl > redacted.jsonl
"""
)
def command() -> None:
    """Take personal data out of texts: {uid,text} lines in, {uid,text,redactions} lines out.

    Each redaction is {start,end,class}: code points of the INPUT text, in order, without overlaps. Classes: name,
    phone, id_number, case_number, account, plate, door_address, handle, minor, movement. An optional field "genre"
    (petition, post, comment, reply, notice, news) says whether officials named with their post may stay; without it
    the wording decides. A line that cannot be redacted gets an "error" field and no text. Exit code 1 if any did.
    """
    sys.exit(1 if run_filter(_redacted) else 0)


def _redacted(rows: list[Row]) -> list[Row]:
    from pipeline.redact import looks_official, redact

    results = []
    for row in rows:
        text, genre = text_field(row, "text"), text_field(row, "genre", required=False)
        official = genre in _OFFICIAL_GENRES if genre else looks_official(text)
        redaction = redact(text, official=official)
        results.append(
            {
                "uid": row.get("uid"),
                "text": str(redaction.text),
                "redactions": [
                    {"start": span.start, "end": span.end, "class": span.cls} for span in redaction.redactions
                ],
            }
        )
    return results
