"""A trial of other words: one text read as it is, and as it would be with edited words of a factor or a threshold.

Nothing is kept. Words change what the lexicon finds and, through its signals, the linear half of the classifier; the
transformer was taught with the words in force and reads as before.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Final

from spacy.tokens import Doc

from models.classifier import chosen_factors
from models.context import make_doc
from models.edited import Carried, Edited, Reading
from models.lexicon.factors import FactorTriggers
from models.nlp import load
from models.normalise import fold, folded
from models.spans import mark
from models.taxonomy import taxonomy

_ONE_AT_A_TIME: Final = threading.Lock()
"""The pipeline is shared by the threads of a server, and no component is made for two at once."""


def component(edited: Edited) -> FactorTriggers:
    """The lexicon of factors with the edited words. Raises KeyError for a code that is none."""
    codes = taxonomy()
    factors = dict(codes.factors)
    for code, words in edited.triggers.items():
        factors[code] = replace(factors[code], triggers=words)
    return FactorTriggers(replace(codes, factors=factors))


def read(text: str, edited: Edited | None = None, source_kind: str = "petition") -> Reading:
    """The whole pipeline over one redacted text. Raises ValueError for a lone surrogate."""
    own = component(edited) if edited and edited.triggers else None
    with _ONE_AT_A_TIME:
        nlp = load()
        doc = make_doc(nlp, text, source_kind=source_kind)
        for name, pipe in nlp.pipeline:
            if own is not None and name == "factors":
                mark(doc, "factors", own.find(folded(doc)))
            else:
                doc = pipe(doc)
    return _reading(doc, edited.threshold if edited else None)


def fires(lexicon: FactorTriggers, text: str, code: str) -> bool:
    """Whether the lexicon finds the factor in a text."""
    return any(finding.label == code for finding in lexicon.find(fold(text)))


def _reading(doc: Doc, threshold: float | None) -> Reading:
    least = doc._.thresholds.factor if threshold is None else threshold
    grievance = bool(doc.cats["grievance"] >= doc._.thresholds.grievance)
    whole = (0, len(doc.text))
    carried = [
        Carried(one.code, round(one.p, 4), one.primary, *doc._.factor_evidence.get(one.code, whole))
        for one in chosen_factors(doc.cats, least)
    ]
    return Reading(
        grievance,
        round(float(doc.cats["grievance"]), 4),
        float(least),
        tuple(carried) if grievance else (),
        tuple((span.start_char, span.end_char, span.label_) for span in doc.spans.get("factors", ())),
        tuple(doc._.limits),
    )
