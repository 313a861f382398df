"""Petitions that nobody has labelled: what weak labels are made for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from models.training.transformer import rows
from models.training.transformer.groups import groups

SETS: Final = (
    "petitions/hot4326",
    "petitions/replies2816",
    "petitions/unlabelled2801",
    "petitions/gas_shortage_2022",
    "petitions/hangzhou_2020_2026",
    "petitions/labelled_domain_train",
)
"""Petitions without the fields of the grievance guideline (those of the last set have a domain)."""
LABELLED: Final = (
    "grievances/train",
    "grievances/train_active",
    "grievances/gold_dev",
    "grievances/weibo_dev",
    "linking/links_dev",
)


def petitions(folder: Path) -> list[str]:
    """Every text of the unlabelled sets once, but for those that stand word for word in a labelled set."""
    known = set(labelled(folder))
    texts = dict.fromkeys(text for name in SETS for text in _texts(folder, name))
    return [text for text in texts if text not in known]


def labelled(folder: Path) -> list[str]:
    """The texts of the labelled petitions and posts, also of those that are for reporting."""
    return [text for name in LABELLED for text in _texts(folder, name)]


def originals(texts: list[str], known: list[str]) -> list[str]:
    """The texts that are no near-duplicates of a known text or of an earlier one."""
    found = groups([*known, *texts])[len(known) :]
    return [text for number, text in enumerate(texts, len(known)) if found[number - len(known)] == number]


def _texts(folder: Path, name: str) -> list[str]:
    path = folder / f"{name}.jsonl.gz"
    return [rows.text_of(row) for row in rows.read(path)] if path.is_file() else []
