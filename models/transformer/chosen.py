"""Which model this process reads with, and on which device: ``MINYI_MODEL_DIR``, or what the settings say."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast, get_args

from models.transformer.card import is_missing

Device = Literal["cpu", "cuda"]
HOME: Final = Path(__file__).resolve().parent.parent / "artifacts" / "transformer"
"""Where the model that ships lies."""


@dataclass(frozen=True)
class Choice:
    """A model folder and the device that computes; ``cuda`` reads the weights of a training run with torch."""

    folder: Path = HOME
    device: Device = "cpu"

    @property
    def missing(self) -> bool:
        """Whether there is no model in the folder, so that lexicon and linear model read alone."""
        return is_missing(self.folder)


_choice: Choice | None = None


def choose(folder: Path | None = None, device: Device | None = None) -> Choice:
    """Settles the model of this process; what is not given stays as it was. Pipelines built before keep theirs."""
    global _choice
    now = chosen()
    _choice = Choice(folder or now.folder, device or now.device)
    return _choice


def chosen() -> Choice:
    """The model of this process: as settled, else by ``MINYI_MODEL_DIR`` and ``MINYI_DEVICE``, else what ships.

    Raises ValueError for a device that is none.
    """
    if _choice is not None:
        return _choice
    device = os.environ.get("MINYI_DEVICE") or "cpu"
    if device not in get_args(Device):
        raise ValueError(f"MINYI_DEVICE: {device!r} is none of {', '.join(get_args(Device))}")
    return Choice(Path(os.environ.get("MINYI_MODEL_DIR") or HOME), cast(Device, device))
