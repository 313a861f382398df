"""The classifier component: one interface, served by the transformer fused with the linear model, or by that alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from spacy.language import Language
from spacy.tokens import Doc

from models.linear.social import SOCIAL
from models.taxonomy import taxonomy

MOST_FACTORS = 4
"""A text gets at most this many factors (annotation guideline)."""


@dataclass(frozen=True)
class Thresholds:
    """Least probability that counts as yes, chosen on texts the model had not seen."""

    grievance: float
    factor: float
    repeated_unresolved: float
    about_grievance: float = 0.5
    """Of posts and news that speak of somebody's grievance, their author's or another's."""


class Classifier(Protocol):
    """A spaCy component that leaves calibrated probabilities in ``doc.cats`` and knows the passage for a factor.

    It assigns ``attitude:…``, ``genre:…``, ``grievance``, ``factor:<code>``, ``primary:<code>``,
    ``stakeholder:<code|unstated>``, ``escalation:<0..5>``, ``repeated_unresolved`` and ``intensity:<0..3>``, sets
    ``doc._.thresholds`` and, for every factor that may be chosen, ``doc._.factor_evidence[code]``. What held the
    reading back stands in ``doc._.limits``, codes of ``models.limits``.
    """

    version: str

    def __call__(self, doc: Doc) -> Doc: ...

    def evidence(self, doc: Doc, factor: str) -> tuple[int, int]:
        """The passage [start, end) that speaks most for the factor. Raises KeyError for an unknown factor code."""
        ...


@dataclass(frozen=True)
class ChosenFactor:
    """A risk factor that the text is said to carry."""

    code: str
    p: float
    primary: bool


for _name, _value in (
    ("thresholds", None),
    ("factor_evidence", None),
    ("classifier_version", None),
    ("form", None),
    ("limits", ()),
):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=_value)


def social(doc: Doc) -> bool:
    """Whether a text is read as posts and news are: by its form where a component has told it, else by its source."""
    if doc._.form is not None:
        return bool(doc._.form != "petition")
    return doc._.source_kind in SOCIAL


def best(cats: Mapping[str, float], head: str) -> tuple[str, float]:
    """The likeliest label of a head, with its probability. Raises ValueError when the head has no label."""
    labels = {name.split(":", 1)[1]: p for name, p in cats.items() if name.startswith(f"{head}:")}
    if not labels:
        raise ValueError(f"no component has assigned {head!r} to this Doc")
    label = max(labels, key=lambda name: (labels[name], name))
    return label, labels[label]


def chosen_factors(cats: Mapping[str, float], threshold: float) -> list[ChosenFactor]:
    """The primary factor and all others above the threshold, likeliest first, four at most.

    A cross-cutting factor (X6: how a matter was handled) is primary only where no other factor passes (BRIEF §1.2).
    """
    p = {name.removeprefix("factor:"): value for name, value in cats.items() if name.startswith("factor:")}
    share = {name.removeprefix("primary:"): value for name, value in cats.items() if name.startswith("primary:")}
    primary = max(share, key=lambda code: (share[code], code))
    passed = [code for code in p if p[code] >= threshold]
    factors = taxonomy().factors
    substantive = [code for code in passed if not factors[code].cross_cutting]
    if factors[primary].cross_cutting and substantive:
        primary = max(substantive, key=lambda code: (share.get(code, 0.0), p[code], code))
    others = sorted((code for code in passed if code != primary), key=lambda code: (-p[code], code))
    return [ChosenFactor(code, p[code], code == primary) for code in (primary, *others[: MOST_FACTORS - 1])]


@Language.factory(
    "classifier", assigns=["doc.cats", "doc._.factor_evidence", "doc._.thresholds"], default_config={"model": "linear"}
)
def make_classifier(nlp: Language, name: str, model: str) -> Classifier:
    """The classifier by name: ``fused`` needs the ``transformer`` component before it. Raises ValueError for a model
    that this release does not have."""
    if model == "linear":
        from models.linear.component import LinearClassifier

        return LinearClassifier.shipped()
    if model == "fused":
        from models.linear.scorer import LinearModel
        from models.transformer.classifier import FusedClassifier
        from models.transformer.reader import load_reader

        return FusedClassifier(LinearModel.read(), load_reader())
    raise ValueError(f"classifier model {model!r}: this release has 'linear' and 'fused'")
