"""What is known about a text beside its words: set on the Doc before the components run."""

from __future__ import annotations

from datetime import datetime

from spacy.language import Language
from spacy.tokens import Doc

for _name in ("published_at", "source_kind", "region"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


def make_doc(
    nlp: Language,
    text: str,
    published_at: datetime | None = None,
    source_kind: str | None = None,
    region: str | None = None,
) -> Doc:
    """The segmented text with its context; ``nlp(doc)`` then runs the components on it.

    ``published_at`` resolves 三年前, ``source_kind`` tells news from petitions, ``region`` narrows place names.
    """
    doc = nlp.make_doc(text)
    doc._.published_at = published_at
    doc._.source_kind = source_kind
    doc._.region = region
    return doc
