"""How near a text lies to a project in meaning: cosines of their sentence vectors, one vector a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from models.encoder import EncoderError, SentenceEncoder, Vectors, load_encoder
from models.transformer.chosen import chosen
from pipeline.records import DecisionProject

NAMES: Final = ("cos_text_described", "cos_text_name", "cos_text_desc")
LEAD: Final = "cos_lead"
ALONE: Final = 0.35
"""Cosine that a project without rivals is compared with: about that of a text and a project of another matter."""
PROBES: Final = ("石桥村修路占了水田", "小区旁边要建变电站", "请问学费什么时候退", "公园还没有开工")
"""Invented texts whose cosines tell one encoder from another."""
SAME: Final = 0.03
"""How far cosines of the same encoder may lie apart on different processors."""


class Meaning:
    """Projects as vectors, beside which texts are laid."""

    def __init__(self, projects: Sequence[DecisionProject], encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._vectors: Mapping[str, Vectors] = {
            project.id: encoder.encode([described(project), project.name_zh, project.description or project.name_zh])
            for project in projects
        }

    def of(self, texts: Sequence[str]) -> Vectors:
        """One vector a text, whatever is read beside it."""
        return self._encoder.encode([text.strip() for text in texts])

    def features(
        self, vector: Vectors, ids: Sequence[str], rivals: Callable[[str, str], bool] = lambda a, b: True
    ) -> dict[str, dict[str, float]]:
        """The numbers of ``NAMES`` and ``LEAD`` of each candidate project of one text."""
        near = {key: (self._vectors[key] @ vector).tolist() for key in ids}
        return {
            key: {
                **dict(zip(NAMES, numbers, strict=True)),
                LEAD: numbers[0] - max((near[k][0] for k in ids if k != key and rivals(key, k)), default=ALONE),
            }
            for key, numbers in near.items()
        }


def described(project: DecisionProject) -> str:
    """What is encoded of a project: its names, then its places, then its words."""
    parts = (project.name_zh, "、".join(project.aliases), "、".join(project.places), "、".join(project.keywords))
    return "；".join(part for part in parts if part)


def usual_encoder() -> SentenceEncoder | None:
    """The encoder of the chosen model; None where there is no model or it cannot be read: words must do then."""
    if chosen().missing:
        return None
    try:
        return load_encoder()
    except EncoderError:
        return None


def probed(encoder: SentenceEncoder) -> list[float]:
    """The cosines among the probes, by which :func:`same` knows the encoder that the linker was trained with."""
    vectors = encoder.encode(PROBES)
    return [round(float(value), 4) for value in (vectors @ vectors.T)[np.triu_indices(len(PROBES), 1)]]


def same(encoder: SentenceEncoder, trained_with: Sequence[float]) -> bool:
    """Whether the encoder puts texts as near to each other as the one that the linker was trained with."""
    return bool(np.allclose(probed(encoder), trained_with, rtol=0, atol=SAME))
