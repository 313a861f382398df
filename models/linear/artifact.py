"""The trained model on disk: ``weights.npz``, ``card.json`` and ``SHA256SUMS``, verified before anything is read."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from models import checksums
from models.checksums import ArtifactError

FILES: Final = ("weights.npz", "card.json")
HOME: Final = Path(__file__).resolve().parent.parent / "artifacts" / "linear"
"""Where the model that ships lies."""


TRAINER: Final = "models.training.linear"


def fingerprint(arrays: dict[str, npt.NDArray[Any]]) -> str:
    """Eight hex digits that change with any number of the model."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()[:8]


def version(folder: Path = HOME) -> str:
    """The version that the card states; ``untrained`` where there is no card yet, as before the first training."""
    try:
        card = json.loads((folder / FILES[1]).read_text("utf-8"))
    except FileNotFoundError:
        return "untrained"
    return str(card["version"])


def save(folder: Path, arrays: dict[str, npt.NDArray[Any]], card: dict[str, Any]) -> None:
    """Writes arrays, card and checksums; equal input gives equal checksums of the card."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / FILES[0], **arrays)  # type: ignore[arg-type]
    text = json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / FILES[1]).write_text(text + "\n", "utf-8")
    checksums.note(folder, FILES)


def load(folder: Path) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Arrays and card. Raises ArtifactError (E210) naming the file that is missing or altered."""
    weights, described = (checksums.verified(folder / name, TRAINER) for name in FILES)
    with np.load(BytesIO(weights), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    card: dict[str, Any] = json.loads(described)
    return arrays, card


__all__ = ["FILES", "HOME", "ArtifactError", "fingerprint", "load", "save", "version"]
