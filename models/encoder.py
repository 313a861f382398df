"""Sentences as vectors (句向量): texts that mean alike lie close together. Nothing else in the product needs it.

The transformer's folder holds one (``card.json``; see ``models.transformer``): bge-small-zh-v1.5 in int8. A folder with
``model.onnx``, ``tokenizer.json``, ``encoder.json`` and ``SHA256SUMS`` is an encoder of its own, which the setting
``encoder_folder`` can name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from models.checksums import ArtifactError
from models.transformer.card import CARD, GRAPH
from models.transformer.chosen import HOME, Choice, chosen
from models.transformer.errors import ModelError
from models.transformer.reader import load_reader
from models.transformer.sentences import TransformerEncoder

FILES: Final = ("model.onnx", "tokenizer.json", "encoder.json")
Vectors: TypeAlias = npt.NDArray[np.float32]


class EncoderError(RuntimeError):
    """E211: the sentence encoder is missing, is not what its checksums say, or cannot be read."""


class SentenceEncoder(Protocol):
    """Turns texts into vectors of length one; the dot product of two is their cosine."""

    @property
    def version(self) -> str:
        """Name and digest: vectors of different versions cannot be compared."""

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""

    def encode(self, texts: Iterable[str], *, question: bool = False) -> Vectors:
        """One row a text, in their order; the same text always gives the same row.

        A ``question`` is what is asked of the texts: a query, or a passage that others shall be like.
        """


class OnnxEncoder:
    """An encoder folder on ONNX Runtime; every thread encodes one text at a time.

    One at a time, because int8 activations are scaled over a whole batch: in company a text would get another vector.
    Of a text longer than ``max_tokens`` the first three quarters and the last quarter of them are read: petitions say
    at the end what they ask for. Where the card has ``centres``, the mean vector of many texts is taken away from every
    text's and that of many questions from every question's: all lie in one narrow cone else, and what they share by
    being petitions drowns what sets them apart (Mu, Viswanath: All-but-the-top, 2018).
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        card = _verified(folder)
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer

        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = InferenceSession(str(folder / FILES[0]), options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(folder / FILES[1]))
            self._inputs = [given.name for given in self._session.get_inputs()]
            self._mean = {"first": False, "mean": True}[card["pooling"]]
            self._dimensions = int(card["dimensions"])
            self._limit = int(card["max_tokens"])
            centres = card.get("centres", {})
            self._centres = {
                kind: np.array(centres.get(kind, [0.0] * self._dimensions), np.float32).reshape(self._dimensions)
                for kind in ("texts", "questions")
            }
        except Exception as error:  # the runtime raises types of its own, which share no base
            raise EncoderError(f"E211: the encoder in {folder} cannot be read ({str(error)[:160]})") from error
        self._version = str(card["version"])
        self._threads = threads

    @property
    def version(self) -> str:
        """Name and digest: vectors of different versions cannot be compared."""
        return self._version

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        return self._dimensions

    def encode(self, texts: Iterable[str], *, question: bool = False) -> Vectors:
        """One row a text, in their order; the same text always gives the same row."""
        texts, centre = list(texts), self._centres["questions" if question else "texts"]
        if len(texts) < 2 or self._threads < 2:
            rows = [self._vector(text, centre) for text in texts]
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                rows = list(pool.map(self._vector, texts, repeat(centre)))
        return np.array(rows, np.float32).reshape(len(texts), self._dimensions)

    def _vector(self, text: str, centre: Vectors) -> Vectors:
        legible = text.encode("utf-8", "replace").decode()  # the tokenizer refuses lone surrogates
        ids = np.array([self._clipped(self._tokenizer.encode(legible).ids)], np.int64)
        values = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = self._session.run(None, {name: values[name] for name in self._inputs})[0][0]
        pooled = np.asarray(states.mean(axis=0) if self._mean else states[0], np.float32)
        return _unit(_unit(pooled) - centre)

    def _clipped(self, ids: Sequence[int]) -> Sequence[int]:
        if len(ids) <= self._limit:
            return ids
        tail = self._limit // 4
        return [*ids[: self._limit - tail], *ids[-tail:]]


def _unit(vector: Vectors) -> Vectors:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def load_encoder(folder: Path | None = None, threads: int = 1) -> SentenceEncoder:
    """The encoder in a folder, without one that of the chosen transformer; loaded once a process.

    Where the chosen folder has no graph (there is no model, or one for a GPU), the encoder that ships.

    Raises EncoderError (E211) naming what is wrong with it.
    """
    return _loaded(folder or _usual(), threads)


@lru_cache(maxsize=2)
def _loaded(folder: Path, threads: int) -> SentenceEncoder:
    if not (folder / CARD).is_file():
        return OnnxEncoder(folder, threads)
    try:
        return TransformerEncoder(load_reader(Choice(folder)))
    except (ArtifactError, ModelError) as error:
        raise EncoderError(f"E211: {str(error).removeprefix('E210: ').removeprefix('E212: ')}") from error


def _usual() -> Path:
    folder = chosen().folder
    return folder if (folder / GRAPH).is_file() else HOME


def _verified(folder: Path) -> dict[str, Any]:
    """What encoder.json says, with the version, after every file has been compared with SHA256SUMS."""
    try:
        lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
        stated = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        for name in FILES:
            with (folder / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != stated.get(name):
                    raise EncoderError(f"E211: {folder / name} does not match SHA256SUMS; restore it or install again")
        card: dict[str, Any] = json.loads((folder / FILES[2]).read_text("utf-8"))
        digest = hashlib.sha256("".join(stated[name] for name in FILES).encode()).hexdigest()[:8]
        return {**card, "version": f"{card['name']}+{digest}"}
    except OSError as error:
        raise EncoderError(f"E211: {error.filename} is missing; restore it or install again") from error
    except (ValueError, KeyError, TypeError) as error:
        raise EncoderError(f"E211: {folder / FILES[2]} is not the card of an encoder ({error})") from error
