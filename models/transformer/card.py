"""The card of a model folder: which heads the model has, where they stand in its outputs, and how they are read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.checksums import stated, verified
from models.transformer.errors import ModelError, ModelMissing

CARD: Final = "card.json"
TOKENIZER: Final = "tokenizer.json"
GRAPH: Final = "model.onnx"
WEIGHTS: Final = "model.pt"
"""The weights of a training run, which torch reads."""
VERSIONED: Final = (GRAPH, WEIGHTS, TOKENIZER, CARD)
"""Files whose checksums make the version of a folder."""
TRAINER: Final = "models.training.transformer.export"

SpanSource = Literal["transformer", "rules", "union"]
"""Whose passages of a kind count: the model's, those of lexicon and tagger, or the model's and what it missed."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Head(_Part):
    """One head: columns [start, end) of an output. A binary one has one column, a ``bio`` one outside, first, further.

    The labels of ``multi`` heads, and the evidence of tokens, hold independently; those of ``single`` ones exclude each
    other.
    """

    head: str
    kind: Literal["single", "multi", "binary", "bio"]
    labels: tuple[str, ...] = ()
    start: Annotated[int, Field(ge=0)]
    end: int

    @model_validator(mode="before")
    @classmethod
    def _kind_of_tokens(cls, value: Any) -> Any:
        """Token heads say ``scheme`` instead: ``bio``, or nothing for the evidence of factors."""
        if isinstance(value, dict) and "kind" not in value:
            return {**value, "kind": value.get("scheme", "multi")}
        return value

    @model_validator(mode="after")
    def _columns_fit(self) -> Self:
        wanted = 3 if self.kind == "bio" else 1 if self.kind == "binary" else len(self.labels)
        if self.end - self.start != wanted:
            raise ValueError(f"head {self.head!r} has columns [{self.start}, {self.end}) for {wanted} labels")
        return self


class Blend(_Part):
    """Weights of a late fusion: the model's log-odds and the linear model's, and what is added to their sum.

    ``bias`` is one number, or one a label. Of heads without a blend the model alone decides.
    """

    transformer: float = 1.0
    linear: float = 0.0
    bias: float | tuple[float, ...] = 0.0


class Sentence(_Part):
    """The sentence encoder in the model: its name in every store of vectors, and the tokens that it reads."""

    version: str | None = None
    max_tokens: Annotated[int, Field(ge=8, le=512)] = 256


class Card(_Part):
    """What ``card.json`` says, checked. ``thresholds`` and ``temperature`` go by head (or ``head.posts``)."""

    name: str
    hidden: Annotated[int, Field(ge=1)]
    max_tokens: Annotated[int, Field(ge=8, le=512)]
    window: Annotated[int, Field(ge=8, le=512)] | None = None
    stride: Annotated[int, Field(ge=1)] | None = None
    fields: tuple[Head, ...]
    tokens: tuple[Head, ...]
    pair: tuple[Head, ...]
    temperature: dict[str, Annotated[float, Field(gt=0)]] = {}
    thresholds: dict[str, float] = {}
    fusion: dict[str, Blend] = {}
    spans: dict[str, SpanSource] = {}
    evidence_weight: float = 1.0
    """What the model's evidence weighs beside the scores of clauses in choosing the passage for a factor."""
    centres: dict[Literal["texts", "questions"], tuple[float, ...]] = {}
    sentence: Sentence = Sentence()
    version: str = ""
    """Name and digest of the folder's files: set by :func:`read_card`."""

    @model_validator(mode="after")
    def _heads_do_not_overlap(self) -> Self:
        for name in ("fields", "tokens", "pair"):
            at = 0
            for head in sorted(getattr(self, name), key=lambda item: item.start):
                if head.start < at:
                    raise ValueError(f"{name}: head {head.head!r} begins inside another")
                at = head.end
        if self.window and (self.stride or 0) > self.window - 2:
            raise ValueError("stride: windows would leave tokens between them unread")
        return self

    @property
    def reach(self) -> tuple[int, int]:
        """Tokens of a window, and from the begin of one to that of the next."""
        size = self.window or self.max_tokens
        return size, self.stride or (size - 2) * 3 // 4

    def find(self, output: Literal["fields", "tokens", "pair"], head: str) -> Head:
        """A head by name. Raises ModelError (E212) where the model does not have it."""
        for item in getattr(self, output):
            if item.head == head:
                return item  # type: ignore[no-any-return]
        raise ModelError(f"E212: the model {self.version or self.name} has no head {head!r} among its {output}")

    def has(self, output: Literal["fields", "tokens", "pair"], head: str) -> bool:
        """Whether the model has a head."""
        return any(item.head == head for item in getattr(self, output))

    def warmth(self, head: str) -> float:
        """The temperature by which a head's log-odds are divided: 1 where none was fitted."""
        return self.temperature.get(head, 1.0)


def is_missing(folder: Path) -> bool:
    """Whether there is no model at all: no folder, or one with none of the files that make a model."""
    return not any((folder / name).is_file() for name in (CARD, GRAPH, WEIGHTS))


def read_card(folder: Path) -> Card:
    """The card of a folder, with its version.

    Raises ModelMissing (E212) where there is no model, ArtifactError (E210) naming a file that is missing or is not
    what its checksum says, ModelError (E212) for a card that is none.
    """
    if is_missing(folder):
        raise ModelMissing(f"E212: there is no model in {folder}; restore it, or correct MINYI_MODEL_DIR")
    content = verified(folder / CARD, TRAINER)
    try:
        card = Card.model_validate_json(content)
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3])
        raise ModelError(f"E212: {folder / CARD} is not the card of a transformer ({lines})") from error
    sums = stated(folder)
    digest = hashlib.sha256("".join(sums.get(name, "") for name in VERSIONED).encode()).hexdigest()[:8]
    return card.model_copy(update={"version": f"{card.name}+{digest}"})
