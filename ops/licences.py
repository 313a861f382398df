"""The licences of what Minyi is made of: ``python -m ops.licences --report FILE`` (``make licences``).

Looks at the packages that the product installs and at what these need in turn, as the installed packages state it
themselves. Fails where a licence binds whoever passes Minyi on (GPL, AGPL), forbids commercial use or is not known.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import Final, Literal, cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS: Final = ("elastic", "otel", "postgres")
"""Extras of the product; what is needed to develop, train or measure is not passed on with it."""
Verdict = Literal["free", "lesser", "refused", "unknown"]

_LESSER: Final = re.compile(r"\bLGPL|Lesser General Public|Library or Lesser", re.IGNORECASE)
_REFUSED: Final = re.compile(
    r"\bA?GPL|Affero|GNU General Public|non-?commercial|\bCC-BY-NC|Commons Clause|SSPL|Business Source|Elastic License"
    r"|free for (personal|academic|non)",
    re.IGNORECASE,
)
_FREE: Final = re.compile(
    r"\bMIT\b|Apache|\bBSD\b|\bISC\b|MPL|Mozilla|Python Software Foundation|\bPSF\b|Unlicense|\bZPL\b|Zope|CC0|0BSD"
    r"|Public Domain|HPND|Zlib|CNRI-Python",
    re.IGNORECASE,
)
_ORDER: Final[tuple[Verdict, ...]] = ("free", "lesser", "unknown", "refused")
_TOKEN: Final = re.compile(r"[()]|\b(?:AND|OR)\b|[^()\s]+")
LESSER_USED: Final = {
    "psycopg": "LGPL-3.0; used unchanged, as a library that can be exchanged; only with the extra postgres",
    "psycopg-binary": "LGPL-3.0, as psycopg; it brings libpq (PostgreSQL licence)",
}
"""Packages under the LGPL and how they are used; another one has to be looked at by somebody first."""


@dataclass(frozen=True)
class Licensed:
    """One package: its release, what it says of its licence, and whether it may be passed on with the product."""

    name: str
    version: str
    said: str
    verdict: Verdict
    note: str = ""


def closure(name: str = "minyi", extras: Iterable[str] = EXTRAS) -> list[str]:
    """The packages that are installed with ``name`` on this machine, itself left out, in order of their names."""
    found: dict[str, set[str]] = {}
    waiting: list[tuple[str, frozenset[str]]] = [(canonicalize_name(name), frozenset(extras))]
    while waiting:
        package, wanted = waiting.pop()
        fresh = wanted - found.get(package, set()) if package in found else wanted | {""}
        if not fresh:
            continue
        found.setdefault(package, set()).update(fresh)
        try:
            needs = metadata.requires(package) or []
        except metadata.PackageNotFoundError:
            continue  # needed on other machines only, or said to be missing below
        for need in map(Requirement, needs):
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in fresh):
                waiting.append((canonicalize_name(need.name), frozenset(need.extras)))
    return sorted(set(found) - {canonicalize_name(name)})


def licensed(name: str) -> Licensed:
    """What a package says of its licence: by expression, by classifier, by the first line of the field."""
    try:
        found = cast(Message, metadata.metadata(name))
    except metadata.PackageNotFoundError:
        return Licensed(name, "", "not installed", "unknown", "install it, and look again")
    classifiers = [
        one.rpartition(" :: ")[2] for one in found.get_all("Classifier") or [] if one.startswith("License ::")
    ]
    said = found.get("License-Expression") or "; ".join(one for one in classifiers if one != "OSI Approved")
    said = said or next(iter((found.get("License") or "").strip().splitlines()), "")
    verdict = verdict_on(said)
    if verdict == "lesser" and name not in LESSER_USED:
        return Licensed(name, found["Version"], said, "refused", "LGPL: say in LESSER_USED how it is used")
    return Licensed(name, found["Version"], said or "–", verdict, LESSER_USED.get(name, ""))


def verdict_on(said: str) -> Verdict:
    """Of several licences to choose from (OR) the freest counts, of several that hold together (AND) the strictest.

    Brackets bind first, then AND, as in SPDX; what is no such expression is judged by the strictest name in it.
    """
    words = deque(_TOKEN.findall(said))
    try:
        verdict = _any_of(words)
    except ValueError:
        return _strictest(said)
    return _strictest(said) if words else verdict


def _any_of(words: deque[str]) -> Verdict:
    found = [_all_of(words)]
    while words and words[0] == "OR":
        words.popleft()
        found.append(_all_of(words))
    return min(found, key=_ORDER.index)


def _all_of(words: deque[str]) -> Verdict:
    found = [_one(words)]
    while words and words[0] == "AND":
        words.popleft()
        found.append(_one(words))
    return max(found, key=_ORDER.index)


def _one(words: deque[str]) -> Verdict:
    """A name or a bracket; brackets after a name belong to it: Mozilla Public License 2.0 (MPL 2.0). Raises ValueError
    for a bracket that is not closed."""
    if words and words[0] == "(":
        words.popleft()
        inside = _any_of(words)
        if not words or words.popleft() != ")":
            raise ValueError("a bracket is not closed")
        return inside
    name: list[str] = []
    depth = 0
    while words and (depth or words[0] not in ("AND", "OR", ")")):
        depth += (words[0] == "(") - (words[0] == ")")
        name.append(words.popleft())
    return _strictest(" ".join(name))


def _strictest(said: str) -> Verdict:
    rest = _LESSER.sub("", said)
    if _REFUSED.search(rest):
        return "refused"
    if _LESSER.search(said):
        return "lesser"
    return "free" if _FREE.search(said) else "unknown"


def report(rows: Iterable[Licensed]) -> Iterator[str]:
    """The report as Markdown."""
    yield "# Licences of what Minyi installs\n\nMade by `make licences` from what the installed packages state.\n"
    yield "| package | release | licence | may be passed on | note |\n| --- | --- | --- | --- | --- |"
    for row in rows:
        yield f"| {row.name} | {row.version} | {row.said.replace('|', '/')} | {row.verdict} | {row.note} |"


def main() -> int:
    """Writes the report; 1 where a licence is refused or unknown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, required=True)
    path = parser.parse_args().report
    rows = [licensed(name) for name in closure()]
    path.write_text("\n".join(report(rows)) + "\n", "utf-8")
    wrong = [row for row in rows if row.verdict in ("refused", "unknown")]
    for row in wrong:
        sys.stderr.write(f"{row.name} {row.version}: {row.verdict}: {row.said} {row.note}\n")
    sys.stderr.write(f"{path}: {len(rows)} packages, {sum(row.verdict == 'lesser' for row in rows)} under the LGPL\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
