"""An example of a system that follows the risk points of Minyi, in standard Python and nothing else.

    python examples/consumer.py http://127.0.0.1:8080 follower.sqlite3     # the key comes from MINYI_KEY

It may be killed at any moment. What a page says and the cursor after it are written in one transaction, so that after a
restart nothing is lost and nothing is taken twice. ``applied`` is what it would hand on, ``risk_points`` what holds.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS risk_points (id TEXT PRIMARY KEY, change INTEGER NOT NULL, card TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS applied (change INTEGER PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL, etag TEXT);
"""
POLL = float(os.environ.get("MINYI_POLL", "5"))


def page(address: str, cursor: str | None, etag: str | None) -> tuple[dict[str, Any] | None, str | None]:
    """The next page and its ETag; None when nothing has changed."""
    asked = {"purpose": "supervision", "limit": os.environ.get("MINYI_LIMIT", "100")}
    asked |= {"updated_since": cursor} if cursor else {}
    request = urllib.request.Request(f"{address}/v1/risk-points?{urllib.parse.urlencode(asked)}")
    request.add_header("Authorization", f"Bearer {os.environ['MINYI_KEY']}")
    if etag:
        request.add_header("If-None-Match", etag)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer), answer.headers["ETag"]
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return None, etag
        raise


def apply(store: sqlite3.Connection, rows: list[dict[str, Any]], cursor: str, etag: str | None) -> None:
    """Takes a page and its cursor in one transaction: both or neither."""
    with store:
        for row in rows:
            store.execute("INSERT INTO applied VALUES (?, ?, ?)", (row["change"], row["id"], row["kind"]))
            store.execute("DELETE FROM risk_points WHERE id = ?", (row["id"],))
            if row["kind"] != "tombstone":
                card = json.dumps(row["card"], ensure_ascii=False)
                store.execute("INSERT INTO risk_points VALUES (?, ?, ?)", (row["id"], row["change"], card))
        store.execute("REPLACE INTO position VALUES (1, ?, ?)", (cursor, etag))


def follow(address: str, file: str) -> None:
    """Follows for ever; a server that is away or busy is asked again."""
    store = sqlite3.connect(file)
    store.executescript(TABLES)
    while True:
        cursor, etag = store.execute("SELECT cursor, etag FROM position").fetchone() or (None, None)
        try:
            found, etag = page(address, cursor, etag)
        except (OSError, json.JSONDecodeError) as error:
            if isinstance(error, urllib.error.HTTPError) and error.code in (400, 401, 403, 410):
                raise SystemExit(f"a person has to see to it: {error}") from None
            sys.stderr.write(f"asked again in {POLL:g} seconds: {error}\n")
            found = None
        if found is not None:  # an ETag belongs to its question: with another cursor it says nothing
            apply(store, found["rows"], found["next_cursor"], etag if found["next_cursor"] == cursor else None)
        if found is None or not found["more"]:
            time.sleep(POLL)


if __name__ == "__main__":
    follow(*sys.argv[1:3])
