"""Texts as token numbers with their places in the text. Training and serving read texts through here alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tokenizers import Tokenizer

Offset: TypeAlias = tuple[int, int]
NOWHERE: Offset = (0, 0)
"""The place of tokens that stand for no character: the first, the last, and those of a pair's target."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """One input of the model: numbers, places [start, end) in code points of the text, and 1 where a pair's text is."""

    ids: list[int]
    offsets: list[Offset]
    types: list[int]

    def __len__(self) -> int:
        return len(self.ids)


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model folder. Raises an exception of the tokenizers library when it cannot be read, ValueError
    when it is not one of a BERT."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    _ends(tokenizer)
    return tokenizer


def encode(tokenizer: Tokenizer, texts: Iterable[str], limit: int) -> list[Tokens]:
    """Each text as one input of at most ``limit`` tokens: of a longer one the first three quarters and the last
    quarter, since petitions say at the end what they ask for."""
    return [_single(tokenizer, *_clipped(found.ids, found.offsets, limit - 2)) for found in _pieces(tokenizer, texts)]


def windows(tokenizer: Tokenizer, texts: Iterable[str], size: int, stride: int) -> list[list[Tokens]]:
    """Each text as inputs of at most ``size`` tokens that together cover all of it, a new one every ``stride``."""
    room, result = size - 2, []
    for found in _pieces(tokenizer, texts):
        starts = range(0, max(1, len(found.ids) - room + stride), stride) if len(found.ids) > room else (0,)
        result.append([_single(tokenizer, found.ids[at : at + room], found.offsets[at : at + room]) for at in starts])
    return result


def encode_pairs(tokenizer: Tokenizer, targets: Iterable[str], texts: Iterable[str], limit: int) -> list[Tokens]:
    """Target and text as one input: a target of at most a third of ``limit``, the text clipped like a single one."""
    first, last = _ends(tokenizer)
    result = []
    for target, text in zip(_pieces(tokenizer, targets), _pieces(tokenizer, texts), strict=True):
        head = target.ids[: limit // 3]
        ids, offsets = _clipped(text.ids, text.offsets, limit - 3 - len(head))
        lead = len(head) + 2
        result.append(
            Tokens(
                [first, *head, last, *ids, last],
                [NOWHERE] * lead + [*offsets, NOWHERE],
                [0] * lead + [1] * (len(ids) + 1),
            )
        )
    return result


def _pieces(tokenizer: Tokenizer, texts: Iterable[str]) -> list[Any]:
    # the tokenizer refuses lone surrogates; a question mark takes as many code points
    legible = [text.encode("utf-8", "replace").decode() for text in texts]
    return list(tokenizer.encode_batch(legible, add_special_tokens=False))


def _clipped(ids: Sequence[int], offsets: Sequence[Offset], room: int) -> tuple[list[int], list[Offset]]:
    if len(ids) <= room:
        return list(ids), list(offsets)
    tail = room // 4
    return [*ids[: room - tail], *ids[-tail:]], [*offsets[: room - tail], *offsets[-tail:]]


def _single(tokenizer: Tokenizer, ids: Sequence[int], offsets: Sequence[Offset]) -> Tokens:
    first, last = _ends(tokenizer)
    return Tokens([first, *ids, last], [NOWHERE, *offsets, NOWHERE], [0] * (len(ids) + 2))


def _ends(tokenizer: Tokenizer) -> tuple[int, int]:
    """The numbers of the tokens around a text. Raises ValueError for a tokenizer that is not of a BERT."""
    first, last = (tokenizer.token_to_id(piece) for piece in ("[CLS]", "[SEP]"))
    if first is None or last is None:
        raise ValueError("the tokenizer lacks [CLS] or [SEP]")
    return first, last
