"""``minyi extract``: JSONL in, JSONL out, the article of each page."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

import click

from api.cli.jsonl import Row, run_filter, text_field

_MAX_BYTES: Final = 16 << 20
"""Bytes of a page that are read, after unpacking; an article lies well within."""
_GZIP: Final = b"\x1f\x8b"


@click.command(
    epilog="""\b
Examples:
  echo '{"uid":"1","html_path":"page.html","url":"https://news.example/2026/0105/1.html"}' | minyi extract
  minyi extract < pages.jsonl > articles.jsonl
"""
)
def command() -> None:
    """Find the article of news pages: {uid,html_path|html_base64,url?} lines in, {uid,title,text,…} lines out.

    "html_path" is a file (gzip too), relative to the current folder; "content_type" is the HTTP header, if known;
    "fetched_at" (ISO 8601, default: now) is what 3小时前 counts from. Out: title, text (one paragraph a line, without
    the
    title), published_at (ISO 8601 with time zone; a date alone where the page gives no time; or null), precision (date,
    minute, second), outlet, canonical_url, next_page, author_dropped (the page named one, who is left out), encoding,
    undecodable (characters that could not be read). The text is the page's own: pass it through "minyi redact" before
    you keep it. A page that cannot be read gets an "error" field. Exit code 1 if any did.
    """
    sys.exit(1 if run_filter(_extracted, batch=8) else 0)


def _extracted(rows: list[Row]) -> list[Row]:
    from crawlers.extraction import extract

    results = []
    for row in rows:
        article = extract(
            _page(row),
            url=text_field(row, "url", required=False) or None,
            content_type=text_field(row, "content_type", required=False) or None,
            fetched_at=_moment(text_field(row, "fetched_at", required=False)),
        )
        moment = article.published_at
        results.append(
            {
                "uid": row.get("uid"),
                "title": article.title,
                "text": article.text,
                "published_at": moment.isoformat() if moment else None,
                "precision": moment.precision if moment else None,
                "outlet": article.outlet or None,
                "canonical_url": article.url,
                "next_page": article.next_page,
                "author_dropped": article.author_dropped,
                "encoding": article.encoding,
                "undecodable": article.undecodable,
                "encoding_doubtful": article.encoding_doubtful,
                "truncated": article.truncated,
            }
        )
    return results


def _page(row: Row) -> bytes:
    """The bytes of the page. Raises ValueError where there are none or two of them."""
    path, encoded = text_field(row, "html_path", required=False), text_field(row, "html_base64", required=False)
    if bool(path) == bool(encoded):
        raise ValueError("give either html_path or html_base64")
    if path:
        if not Path(path).is_file():  # a pipe or device would wait for ever
            raise ValueError("html_path: there is no such file; paths are relative to the current folder")
        with Path(path).open("rb") as file:
            return _unpacked(file)
    try:
        return _unpacked(io.BytesIO(base64.b64decode(encoded, validate=True)))
    except binascii.Error:
        raise ValueError("html_base64: this is not base64") from None


def _unpacked(file: IO[bytes]) -> bytes:
    packed = file.read(2) == _GZIP
    file.seek(0)
    if not packed:
        return file.read(_MAX_BYTES)
    try:
        return gzip.GzipFile(fileobj=file).read(_MAX_BYTES)
    except (EOFError, OSError, zlib.error):
        raise ValueError("the page is a broken gzip file") from None


def _moment(stated: str) -> datetime:
    if not stated:
        return datetime.now(UTC)
    moment = datetime.fromisoformat(stated)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
