"""Labelled texts as examples: one shape for petitions, posts, entities, stances and links.

A label that a data set does not have is absent from an example and costs no loss.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from models.training.transformer.heads import CLUENER, NONE, WEIBO, fields

Row: TypeAlias = dict[str, Any]
Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Example:
    """A text with what is known about it.

    ``labels``: label of a single head, yes or no (or a share between them) of a binary one, set of labels of a multi
    one; of a single or multi head also a dict of probabilities by label. ``spans``: passages of a kind, an empty list
    where there is none. ``evidence``: passages by factor.
    """

    text: str
    labels: dict[str, Any] = field(default_factory=dict)
    spans: dict[str, list[Span]] = field(default_factory=dict)
    evidence: dict[str, Span] | None = None
    target: str | None = None
    weight: float = 1.0


def read(path: Path) -> list[Row]:
    """The rows of a JSON-lines file, gzip or plain. Raises ValueError naming the line that is not JSON."""
    opener = gzip.open if path.suffix == ".gz" else open
    rows = []
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                rows.extend([json.loads(line)] if line.strip() else [])
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: not JSON ({error})") from error
    return rows


def text_of(row: Row) -> str:
    """Title, line feed, body: what offsets count in. A row without a title (a post) is its text alone."""
    return f"{row['title'] or ''}\n{row['text'] or ''}" if "title" in row else str(row["text"])


def occurrences(text: str, names: Iterable[str]) -> list[Span]:
    """Every place where one of the names stands, longest names first, none inside another."""
    found: list[Span] = []
    for name in sorted({name for name in names if name}, key=lambda name: (-len(name), name)):
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            if all(end <= a or b <= start for a, b in found):
                found.append((start, end))
            start = text.find(name, end)
    return sorted(found)


def first(text: str, passage: str | None) -> list[Span]:
    """Where a passage stands first, nothing where it is not stated."""
    start = text.find(passage) if passage else -1
    return [(start, start + len(passage or ""))] if start >= 0 else []


def _evidence(text: str, row: Row) -> dict[str, Span]:
    return {item["code"]: span for item in row["factors"] for span in first(text, item.get("quote"))}


def named(text: str, row: Row) -> dict[str, list[Span]]:
    """Places and organisations wherever they stand; a place inside an organisation's name is not a place."""
    organisations = occurrences(text, row.get("organisations") or ())
    places = occurrences(text, row.get("places") or ())
    outside = [(a, b) for a, b in places if not any(x <= a and b <= y and (a, b) != (x, y) for x, y in organisations)]
    return {"organisation": organisations, "place": outside}


def petition(row: Row) -> Example:
    """A row of the grievance layout (guideline: ``grievances/GUIDELINE.md``)."""
    text = text_of(row)
    codes = {item["code"] for item in row["factors"]}
    primary = next((item["code"] for item in row["factors"] if item["primary"]), NONE)
    labels = {
        "factors": codes,
        "primary": primary,
        "grievance": row["is_grievance"],
        "form": "petition",
        "repeated_unresolved": row["repeated_unresolved"],
        **{name: str(row[name]) for name in ("attitude", "intensity", "genre", "stakeholder", "escalation")},
    }
    spans = {name: first(text, row[name]) for name in ("demand", "affected", "since")}
    spans["facility"] = occurrences(text, [row["facility"] or ""])
    return Example(text, labels, {**spans, **named(text, row)}, _evidence(text, row))


def post(row: Row) -> Example:
    """A row of the layout of labelled posts (``weibo_dev``); persons are known in the texts of our own alone."""
    text = text_of(row)
    about = bool(row["about_grievance"])
    labels = {
        "factors": {item["code"] for item in row["factors"]},
        "primary": next((item["code"] for item in row["factors"] if item["primary"]), NONE),
        "grievance": row["is_grievance"],
        "about_grievance": about,
        "irony": row.get("irony", False),
        "form": row["genre"],
        "attitude": row["attitude"],
        "escalation": str(row["escalation"]),
    }
    spans = {"demand": first(text, row["demand"]), "facility": occurrences(text, [row["facility"] or ""])}
    if "persons" in row:
        spans["person"] = occurrences(text, row["persons"])
    return Example(text, labels, {**spans, **named(text, row)}, _evidence(text, row))


def weak(text: str, row: Row, weight: float) -> Example:
    """A petition with soft labels: a row ``{"text_sha256", "weight", "labels": {head: {label: probability}}}``.

    A binary head has one label, its own name. Rows without a weight count fully. Raises ValueError for an unknown head.
    """
    heads = {head.name: head for head in fields()}
    unknown = sorted(set(row["labels"]) - set(heads))
    if unknown:
        raise ValueError(f"weak labels of {row['text_sha256']}: no head is called {', '.join(unknown)}")
    soft = {
        name: shares.get(name, 0.0) if heads[name].kind == "binary" else shares
        for name, shares in row["labels"].items()
    }
    return Example(text, {**soft, "form": "petition"}, weight=weight * row.get("weight", 1.0))


def entities(row: Row, kinds: Sequence[str], prefix: str, person: str) -> Example:
    """A row with character spans of the ``kinds`` of a data set; ``person`` is its kind for names of persons."""
    found: dict[str, list[Span]] = {f"{prefix}.{kind}": [] for kind in kinds}
    found["person"] = []
    for item in row["entities"]:
        span = (int(item["start"]), int(item["end"]))
        if f"{prefix}.{item['type']}" in found:
            found[f"{prefix}.{item['type']}"].append(span)
        if item["type"] == person:
            found["person"].append(span)
    return Example(str(row["text"]), spans=found)


def cluener(row: Row) -> Example:
    """A row of CLUENER 2020: ten kinds."""
    return entities(row, CLUENER, "cluener", "name")


def weibo_ner(row: Row) -> Example:
    """A row of Weibo NER: named and nominal mentions of four kinds."""
    return entities(row, WEIBO, "weibo", "PER.NAM")


def msra(row: Row) -> Example:
    """A row of MSRA NER, of which names of persons alone are learnt."""
    return entities(row, (), "msra", "PER")


def stance(row: Row) -> Example:
    """A row with a target (or an event) and FAVOR, AGAINST or NONE; strong stances count as stances."""
    return Example(
        str(row["text"]),
        {"stance": str(row["label"]).removeprefix("STRONG_")},
        target=str(row.get("target") or row["event"]),
    )


def link(text: str, target: str, relation: str) -> Example:
    """A text and a project, described by :func:`described`, with their relation: about, mentions or none."""
    return Example(text, {"link": relation}, target=target)


def described(name: str, aliases: Sequence[str], places: Sequence[str], keywords: Sequence[str]) -> str:
    """What the model reads of a project: its names, then its places, then its words."""
    parts = (name, "、".join(aliases), "、".join(places), "、".join(keywords))
    return "；".join(part for part in parts if part)


def batched(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Pieces of at most ``size`` rows."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
