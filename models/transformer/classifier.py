"""The classifier of ``models.classifier``: the transformer's heads fused with the linear model's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from spacy.tokens import Doc

from models.classifier import Thresholds, social
from models.linear.component import LinearClassifier
from models.linear.evidence import passage
from models.linear.raw import Raw
from models.linear.scorer import LinearModel
from models.transformer.card import Head
from models.transformer.decode import evidence, expected_overlap
from models.transformer.form import PETITION, own_voice
from models.transformer.fusion import POSTS, fused, threshold
from models.transformer.reader import Reader, Reading

NAMES: Final[Mapping[str, str]] = {"factors": "factor"}
"""Heads whose categories on the Doc have another name."""
NONE: Final = "none"
"""The label of the primary factor where there is none."""
DOUBT: Final = 1e-3
"""Least share of a form, so that neither the model nor the rules can rule one out alone."""


class FusedClassifier(LinearClassifier):
    """Fills ``doc.cats`` from what the ``transformer`` component has read and from the linear model.

    Beside the categories of every classifier it assigns ``about_grievance``, ``irony``, ``emotion:…``, ``polarity`` and
    ``domain:…`` where the model has these heads; ``form:…`` stands there already.
    """

    def __init__(self, model: LinearModel, reader: Reader) -> None:
        super().__init__(model)
        self.card = reader.card
        self.version = f"{reader.version}/{model.version}"

    def score(self, doc: Doc) -> Raw:
        """Sets probabilities and thresholds on the Doc; returns the linear model's scores."""
        forms = {name.removeprefix("form:"): p for name, p in doc.cats.items() if name.startswith("form:")}
        raw = super().score(doc)  # its categories replace all
        flavour = POSTS if social(doc) else ""
        linear = dict(doc.cats)
        for head in self.card.fields:
            if head.head == "form" or (head.head == "genre" and forms and flavour):
                continue
            doc.cats.update(self._of_head(doc._.model_reading, head, linear, flavour))
        if forms:
            doc.cats.update((f"form:{label}", p) for label, p in forms.items())
        if forms and flavour:
            genres = _genres(forms, linear)
            doc.cats.update((f"genre:{label}", p) for label, p in genres.items())
            doc.cats["grievance"] *= own_voice(genres, doc.text)
        doc._.thresholds = self._thresholds(doc._.thresholds, flavour)
        doc._.classifier_version = self.version
        return raw

    def _of_head(self, reading: Reading, head: Head, linear: Mapping[str, float], flavour: str) -> dict[str, float]:
        """The categories of one head: those that the model has and the linear model lacks included."""
        if head.kind == "binary":
            names = [head.head]
        else:
            names = [f"{NAMES.get(head.head, head.head)}:{label}" for label in head.labels]
        known = [linear.get(name, 0.0) for name in names] if any(name in linear for name in names) else None
        if head.head == "primary" and known is not None:
            known = _with_none(known, head.labels, linear["grievance"])
        p = fused(self.card, reading.fields, head, known, flavour)
        if head.head == "primary" and NONE in head.labels:  # which it is, if the text is a grievance
            p[head.labels.index(NONE)] = 0.0
            p /= max(float(p.sum()), 1e-12)
            names = [name for name in names if name != f"primary:{NONE}"]
            p = np.delete(p, head.labels.index(NONE))
        return dict(zip(names, p.tolist(), strict=True))

    def _thresholds(self, linear: Thresholds, flavour: str) -> Thresholds:
        return Thresholds(
            grievance=threshold(self.card, "grievance", flavour, linear.grievance),
            factor=threshold(self.card, "factors", flavour, linear.factor),
            repeated_unresolved=threshold(self.card, "repeated_unresolved", flavour, linear.repeated_unresolved),
            about_grievance=threshold(self.card, "about_grievance", flavour, linear.about_grievance),
        )

    def _passage(self, doc: Doc, factor: str, raw: Raw) -> tuple[int, int]:
        """The clauses that the linear model and the transformer's evidence together speak for most."""
        scores = self.clause_scores(raw, factor)
        value = np.zeros(len(raw.spans)) if scores is None else scores.astype(np.float64)
        if self.card.has("tokens", "evidence"):
            p = evidence(self.card, doc._.model_reading, factor, len(doc.text))
            value = value + self.card.evidence_weight * expected_overlap(p, raw.spans)
        return passage(doc, factor, raw.spans, value)


def _genres(forms: Mapping[str, float], linear: Mapping[str, float]) -> dict[str, float]:
    """The genres of posts and news are their forms, as the model and the rules see them (a product of both, each with
    a little doubt); that it might be a petition after all is left out."""
    shares = {
        label: (p + DOUBT) * (linear.get(f"genre:{label}", 0.0) + DOUBT)
        for label, p in forms.items()
        if label != PETITION
    }
    total = sum(shares.values())
    return {label: p / total for label, p in shares.items()}


def _with_none(known: list[float], labels: tuple[str, ...], grievance: float) -> list[float]:
    """The linear model's shares of the primary factor, which hold for grievances, as shares of all texts."""
    return [1 - grievance if label == NONE else p * grievance for label, p in zip(labels, known, strict=True)]
