"""Word segmentation (分词): jieba's dictionary through its Rust twin, as the tokenizer of a blank Chinese pipeline."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import rjieba
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from models.normalise import fold

LONG = 30_000
"""Characters from which a text is cut into characters: to split a word costs a walk over all, and findings split many.

No component reads where words begin, so the findings are the same.
"""


def words(text: str) -> list[str]:
    """The words of a text; joined they are the text, character for character (blanks are words of their own).

    The folded text is what is cut, so traditional and full-width spellings get the same words.
    """
    simple = fold(text)
    cut: list[str] = rjieba.cut(simple, False)
    if "".join(cut) != simple:
        return list(text)
    edges = [0, *accumulate(map(len, cut))]
    return [text[a:b] for a, b in pairwise(edges)]


class JiebaWords:
    """spaCy tokenizer whose tokens are jieba words, or characters where the text has more than LONG of them.

    Raises ValueError for a lone surrogate, which is no character.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise ValueError(f"the text holds a lone surrogate at {error.start}: it was decoded wrongly") from error
        found = list(text) if len(text) > LONG else words(text)
        return Doc(self.vocab, words=found, spaces=[False] * len(found))

    def to_bytes(self, **_: Any) -> bytes:
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> JiebaWords:
        return self

    def to_disk(self, _path: str | Path, **_: Any) -> None:
        """Nothing to keep: the dictionary comes with rjieba."""

    def from_disk(self, _path: str | Path, **_: Any) -> JiebaWords:
        return self


def make_jieba_words() -> Callable[[Language], JiebaWords]:
    """The tokenizer for spaCy configurations, registered as ``minyi.jieba_words.v1``."""
    return lambda nlp: JiebaWords(nlp.vocab)


registry.tokenizers("minyi.jieba_words.v1", func=make_jieba_words)


def blank() -> Language:
    """An empty Chinese pipeline with jieba words."""
    return spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "minyi.jieba_words.v1"}}})
