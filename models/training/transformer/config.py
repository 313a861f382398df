"""A training run as a file: ``configs/*.toml``. Every value is checked; an unknown name is an error."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """One run. ``epochs``: how often each stream is read; it may be a fraction."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = 1
    layers: int | None = None
    tokens: int = Field(320, ge=32, le=512)
    batch_tokens: int = Field(4096, ge=256, description="padded tokens a batch: short texts come in larger batches")
    most_rows: int = Field(48, ge=1, description="texts a batch at most")
    lr: float = Field(1.5e-4, gt=0)
    head_lr: float = Field(6e-4, gt=0)
    decay: float = Field(0.9, gt=0, le=1, description="factor of the learning rate a layer further from the heads")
    weight_decay: float = 0.01
    warm_up: float = Field(0.06, ge=0, lt=1)
    average: float = Field(0.998, ge=0, lt=1, description="decay of the moving average of weights that is kept")
    checkpoint_minutes: float = Field(5, gt=0)
    reports: int = Field(6, ge=1, description="how often in a run the dev sets are read")
    weak: Path | None = Field(None, description="file of weak labels; a relative path counts from the TOML file")
    epochs: dict[str, float]


def read(path: Path) -> Settings:
    """The settings of a TOML file. Raises pydantic's ValidationError naming what is wrong in it, ValueError (E214) for
    a file that is not TOML."""
    try:
        settings = Settings.model_validate(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"E214: {path} is not TOML ({error})") from error
    return settings.model_copy(update={"weak": path.parent / settings.weak}) if settings.weak else settings
