"""The linear model as a spaCy component."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

from models.classifier import Thresholds, best, social
from models.linear.evidence import passage
from models.linear.praise import as_praise, praises
from models.linear.raw import Raw
from models.linear.scorer import LinearModel
from models.linear.signals import signals
from models.linear.social import social_genre
from models.taxonomy import taxonomy

_LEXICON_ONLY = (0.5, 0.4, 0.25)
"""Probability of a factor that the model was never taught, by trigger, pattern, anchor: below most thresholds."""


def _of_posts(thresholds: Thresholds) -> Thresholds:
    """Petitions chose their own grievance threshold; of posts none is labelled for training, so likelier than not."""
    return replace(thresholds, grievance=0.5)


class LinearClassifier:
    """Fills ``doc.cats`` from n-gram scores and the lexicon's findings; see ``models.classifier.Classifier``."""

    def __init__(self, model: LinearModel) -> None:
        self.model = model
        self.version = model.version
        self.thresholds = Thresholds(**model.card["thresholds"])

    @classmethod
    @cache
    def shipped(cls) -> LinearClassifier:
        """The model in ``models/artifacts/linear``. Raises ArtifactError (E210) when it is missing or altered."""
        return cls(LinearModel.read())

    def __call__(self, doc: Doc) -> Doc:
        raw = self.score(doc)
        doc._.factor_evidence = {code: self._passage(doc, code, raw) for code in self.possible(doc)}
        return doc

    def score(self, doc: Doc) -> Raw:
        """Sets probabilities and thresholds on the Doc; returns the scores that they come from."""
        raw, posts = self.model.raw(doc.text), social(doc)
        found = signals(doc, self.model.heads.factor_rows)
        cats: dict[str, float] = {}
        p, primary = self.model.factor_probabilities(raw, found)
        for number, code in enumerate(self.model.heads.factors):
            cats[f"factor:{code}"] = float(p[number])
            cats[f"primary:{code}"] = float(primary[number])
        cats.update(self._lexicon_only(doc))
        for head, shares in self.model.other_probabilities(raw, found).items():
            labels = self.model.heads.others[head]
            for label, share in zip(labels, shares, strict=True):
                cats[label if len(labels) == 1 else f"{head}:{label}"] = float(share)
        if posts:
            cats["grievance"] = self.model.social_grievance(raw, found, doc.text)
            cats.update(self.model.post_attitude(doc.text))
            cats = {name: value for name, value in cats.items() if not name.startswith("genre:")}
            cats.update(social_genre(doc.text, doc._.source_kind))
        elif praises(doc.text):
            cats = as_praise(cats)
        doc.cats = cats
        doc._.thresholds = _of_posts(self.thresholds) if posts else self.thresholds
        doc._.classifier_version = self.version
        return raw

    def evidence(self, doc: Doc, factor: str) -> tuple[int, int]:
        """The passage [start, end) that speaks most for the factor. Raises KeyError for an unknown factor code."""
        if factor not in taxonomy().factors and factor not in self.model.heads.factor_rows:
            raise KeyError(factor)
        return self._passage(doc, factor, self.model.raw(doc.text))

    def possible(self, doc: Doc) -> list[str]:
        """Every factor that may be chosen: those that reach the threshold, and the likeliest primary one."""
        likeliest, _ = best(doc.cats, "primary")
        codes = {
            name[7:] for name, p in doc.cats.items() if name.startswith("factor:") and p >= doc._.thresholds.factor
        }
        return sorted(codes | {likeliest})

    def clause_scores(self, raw: Raw, factor: str) -> npt.NDArray[np.float32] | None:
        """What the clauses of ``raw.spans`` score for a factor; None for one that the model was never taught."""
        row = self.model.heads.factor_rows.get(factor, -1)
        return None if row < 0 else raw.clauses[:, row]

    def _passage(self, doc: Doc, factor: str, raw: Raw) -> tuple[int, int]:
        return passage(doc, factor, raw.spans, self.clause_scores(raw, factor))

    def _lexicon_only(self, doc: Doc) -> dict[str, float]:
        cats: dict[str, float] = {}
        for span in doc.spans.get("factors", ()):
            if span.label_ not in self.model.heads.factor_rows:
                p = _LEXICON_ONLY[("trigger", "pattern", "anchor").index(span._.rule)]
                cats[f"factor:{span.label_}"] = max(p, cats.get(f"factor:{span.label_}", 0.0))
        return cats
