"""Raw items of a wanted length, out of sentences of files that stay where they are: petitions and Weibo posts.

A part of them names one of the projects of benchmarks.console_office, so that linking, candidates and voices have
something to do. The same pool gives the same items.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, Literal

from benchmarks.console_office import SHARES, projects
from benchmarks.search import sentences
from pipeline.raw import RawItem
from pipeline.records import DecisionProject

Kind = Literal["petition", "post"]
CHARACTERS: Final = 350
NAMED: Final = 0.4
"""Share of the items that name a project."""
TITLE: Final = 18


class NoTexts(ValueError):
    """The files hold nothing that items can be made of."""


def pool_of(files: list[Path]) -> list[str]:
    """The sentences of petitions. Raises NoTexts."""
    if missing := [str(path) for path in files if not path.is_file()]:
        raise NoTexts(f"--sentences: no such file: {', '.join(missing)}")
    if not (found := sentences(files)):
        raise NoTexts("--sentences: no sentence of 8 to 80 characters in the field `text` of these files")
    return found


def posts_of(file: Path, most: int = 20_000) -> list[str]:
    """Texts of Weibo posts as they are, of twenty characters and more. Raises NoTexts."""
    if not file.is_file():
        raise NoTexts(f"--posts: no such file: {file}")
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        texts = (json.loads(row).get("text") or "" for row in rows)
        found = [text for _, text in zip(range(most), (one for one in texts if len(one) >= 20), strict=False)]
    if not found:
        raise NoTexts(f"--posts: no text of twenty characters and more in {file}")
    return found


@cache
def _projects() -> list[DecisionProject]:
    return projects()


def petitions(
    pool: list[str], count: int, first: int = 0, characters: int = CHARACTERS, now: datetime | None = None
) -> Iterator[RawItem]:
    """Petitions of so many characters, title included, over two years."""
    moment = now or datetime.now(UTC).replace(microsecond=0)
    for number in range(first, first + count):
        chance = random.Random(f"petition {number}")
        body = _about(chance)
        while len(body) < characters - TITLE:
            body += chance.choice(pool)
        yield RawItem(
            source_kind="petition", source=f"示例信箱{number % 20}", item_key=f"p{number}", genre="petition",
            title=chance.choice(pool)[:TITLE].ljust(TITLE, "。"), body=body[: characters - TITLE],
            author_key=f"w{chance.randrange(max(10, 2 * number // 3 + 10))}",
            published_at=moment - timedelta(seconds=chance.randrange(700 * 86400)),
        )  # fmt: skip


def posts(pool: list[str], count: int, first: int = 0) -> Iterator[RawItem]:
    """Posts as long as they are, the number of the item at the end, so that none is another's copy of the same key."""
    now = datetime.now(UTC).replace(microsecond=0)
    for number in range(first, first + count):
        chance = random.Random(f"post {number}")
        text = pool[number % len(pool)]
        yield RawItem(
            source_kind="weibo", source="微博", item_key=f"m{number}", genre="post", title="",
            body=_about(chance) + text, author_key=f"w{chance.randrange(max(10, 2 * number // 3 + 10))}",
            published_at=now - timedelta(seconds=chance.randrange(700 * 86400)),
        )  # fmt: skip


def _about(chance: random.Random) -> str:
    if chance.random() >= NAMED:
        return ""
    [project] = chance.choices(_projects(), SHARES)
    return f"{project.places[0]}的{project.name_zh}："
