"""Registers the lexicon factories and adds them to a pipeline."""

from __future__ import annotations

from spacy.language import Language

from models.lexicon import COMPONENTS, affected, channels, demands, escalation, factors, procedure, remedies, since
from models.lexicon import stakeholders as groups

REGISTERED = (factors, groups, demands, remedies, affected, since, procedure, channels, escalation)
"""The modules whose import registers a factory, in the order of ``COMPONENTS``."""


def add_to(nlp: Language) -> Language:
    """Adds every lexicon component to the end of the pipeline, in order."""
    for name in COMPONENTS:
        nlp.add_pipe(name)
    return nlp
