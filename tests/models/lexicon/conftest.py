"""A reader: the lexicon pipeline, and what it finds in a text."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from models.context import make_doc
from models.lexicon.components import add_to
from models.segment import blank

Reader = Callable[..., Doc]


@pytest.fixture(scope="session")
def pipeline() -> Language:
    return add_to(blank())


@pytest.fixture(scope="session")
def read(pipeline: Language) -> Reader:
    letters: list[Doc] = []  # a Doc's span groups live no longer than the Doc

    def reader(text: str, source_kind: str = "petition", day: tuple[int, int, int] | None = (2026, 3, 10)) -> Doc:
        when = datetime(*day, 9, tzinfo=UTC) if day else None
        letters.append(pipeline(make_doc(pipeline, text, published_at=when, source_kind=source_kind)))
        return letters[-1]

    return reader
