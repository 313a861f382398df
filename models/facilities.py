"""The facility (项目、设施): the concrete project, estate, plant or company that a grievance is about."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from models.spans import Finding, mark
from models.tagger import tagged, without_people


def find(text: str) -> list[Finding]:
    """Up to three passages, best first; empty when the text is about no particular thing."""
    return [Finding(start, end, "facility") for start, end in without_people(text, tagged(text).facilities)]


class Facilities:
    """Leaves ``doc.spans["facilities"]``, best first."""

    def __call__(self, doc: Doc) -> Doc:
        mark(doc, "facilities", find(doc.text))
        return doc


@Language.factory("facilities", assigns=["doc.spans"], requires=["token.text"])
def make_facilities(nlp: Language, name: str) -> Facilities:
    """The facility by the shipped pointer."""
    return Facilities()
