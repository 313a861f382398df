"""The network at work: ONNX Runtime on the CPU, or torch on a GPU with the weights of a training run."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from models.checksums import verified
from models.transformer.card import GRAPH, TRAINER, WEIGHTS
from models.transformer.chosen import Device
from models.transformer.errors import ModelError
from models.transformer.tokens import Tokens

Floats: TypeAlias = npt.NDArray[np.float32]
Output = Literal["fields", "tokens", "pair", "sentence"]
Outputs: TypeAlias = dict[Output, Floats]
"""``fields`` [labels], ``tokens`` [tokens, labels], ``pair`` [labels], ``sentence`` [dimensions]: of one input."""

CONFIG: Final = "config.json"
TEXTS: Final = "texts_wanted"
SENTENCES: Final = "sentences_wanted"
"""Switches of the two branches of a graph: the runtime computes every output else, whichever are asked for."""


class Backend(Protocol):
    """Computes the outputs asked for, and no others."""

    most: int
    """Inputs that are read at once: one, where company would change what an input gets."""

    def run(self, inputs: Sequence[Tokens], outputs: Sequence[Output]) -> list[Outputs]:
        """The outputs of every input, in order. Several threads may call at once."""


class OnnxBackend:
    """The int8 graph on ONNX Runtime, one input a run and one thread a run.

    One input, because int8 activations are scaled over a whole batch: in company a text would get other numbers. So
    nothing is padded either, and the threads of the machine read a text each.
    """

    most = 1

    def __init__(self, folder: Path) -> None:
        content = verified(folder / GRAPH, TRAINER)
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_mem_pattern = False  # every length is another pattern
        try:
            self._session = InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime raises types of its own, which share no base
            raise ModelError(f"E212: {folder / GRAPH} cannot be read ({str(error)[:160]})") from error
        self._inputs = [given.name for given in self._session.get_inputs()]
        self._switches = {given.name for given in self._session.get_overridable_initializers()}
        self._outputs = {given.name for given in self._session.get_outputs()}
        self._name = folder / GRAPH

    def run(self, inputs: Sequence[Tokens], outputs: Sequence[Output]) -> list[Outputs]:
        """Raises ModelError (E212) for an output that the graph does not have."""
        if lacking := sorted(set(outputs) - self._outputs):
            raise ModelError(f"E212: {self._name} has no output {', '.join(lacking)}")
        return [self._one(item, outputs) for item in inputs]

    def _one(self, item: Tokens, outputs: Sequence[Output]) -> Outputs:
        ids = np.array([item.ids], np.int64)
        values = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.array([item.types], np.int64),
        }
        feed = {name: values[name] for name in self._inputs}
        wanted = {TEXTS: any(name != "sentence" for name in outputs), SENTENCES: "sentence" in outputs}
        feed |= {name: np.array(on) for name, on in wanted.items() if name in self._switches}
        found = self._session.run(list(outputs), feed)
        return {name: np.asarray(array[0], np.float32) for name, array in zip(outputs, found, strict=True)}


class TorchBackend:
    """The float network of a training run, on a GPU or the CPU: for back-fills. Needs the extra ``train``.

    The folder holds ``model.pt`` of the run and ``config.json`` of its trunk beside card, tokenizer and checksums.
    Inputs of like length are read together; company moves a number by rounding only, in the fifth digit.
    """

    most = 64

    def __init__(self, folder: Path, device: Device) -> None:
        if not (folder / WEIGHTS).is_file():
            raise ModelError(
                f"E212: {folder / WEIGHTS} is missing: a GPU reads the folder of a training run; name one in "
                "MINYI_MODEL_DIR, or leave the device at cpu"
            )
        for name in (WEIGHTS, CONFIG):
            verified(folder / name, TRAINER)
        try:
            self._torch: Any = importlib.import_module("torch")
            trained: Any = importlib.import_module("models.training.transformer.trained")
        except ImportError as error:
            raise ModelError(f"E212: {error.name} is not installed; run: pip install 'minyi[train]'") from error
        if device == "cuda" and not self._torch.cuda.is_available():
            raise ModelError("E212: torch finds no GPU here; leave the device at cpu")
        self._device = device
        try:
            self._network = trained.load(folder, folder).to(device)
        except ValueError as error:
            raise ModelError(f"E212: {folder / WEIGHTS} cannot be read ({str(error)[:160]})") from error

    def run(self, inputs: Sequence[Tokens], outputs: Sequence[Output]) -> list[Outputs]:
        """Raises ModelError (E212) for ``sentence``: the sentence encoder is in the ONNX graph alone."""
        if "sentence" in outputs:
            raise ModelError("E212: sentence vectors come from the ONNX graph; encode on the device cpu")
        width = -(-max(map(len, inputs)) // 16) * 16
        filled = np.zeros((3, len(inputs), width), np.int64)
        for row, item in enumerate(inputs):
            filled[:, row, : len(item)] = item.ids, [1] * len(item), item.types
        with self._torch.inference_mode():
            found = self._network(*self._torch.from_numpy(filled).to(self._device))
        arrays = {name: getattr(found, name).float().cpu().numpy() for name in outputs}
        return [
            {name: array[row, : len(item)] if name == "tokens" else array[row] for name, array in arrays.items()}
            for row, item in enumerate(inputs)
        ]


def open_backend(folder: Path, device: Device) -> Backend:
    """What computes: the ONNX graph of the folder on the CPU where there is one, else torch.

    Raises ModelError (E212) or ArtifactError (E210) naming the file that is missing or wrong.
    """
    if device == "cpu" and ((folder / GRAPH).exists() or not (folder / WEIGHTS).exists()):
        return OnnxBackend(folder)
    return TorchBackend(folder, device)
