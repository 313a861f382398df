"""Reads texts: cuts them into windows, has those computed, and puts together what belongs to one text."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path
from threading import Lock
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from models.checksums import verified
from models.normalise import fold
from models.transformer import machine
from models.transformer.card import TOKENIZER, TRAINER, Card, read_card
from models.transformer.chosen import Choice, Device, chosen
from models.transformer.errors import ModelError
from models.transformer.session import Backend, Floats, Output, Outputs, open_backend
from models.transformer.tokens import Tokens, encode, encode_pairs, load_tokenizer, windows

Ints: TypeAlias = npt.NDArray[np.int64]
Pending: TypeAlias = list[tuple[Sequence[int], "Future[list[Outputs]]"]]

MOST_WINDOWS: Final = 64
"""Windows of one text: about ten thousand characters. Of a longer one the first three quarters of as many windows and
the last quarter are read."""
AT_ONCE: Final = 8
"""Texts a thread has before it; as many again are computed ahead while the caller works on the last ones."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model says of one text: log-odds of its labels [labels] and of its tokens' [tokens × labels].

    ``places``: where each token stands, [start, end) in code points of the text, in text order. ``whole``: whether all
    of the text was read.
    """

    fields: Floats
    tokens: Floats
    places: Ints
    whole: bool = True


class Reader:
    """A model folder at work. The same text always gives the same reading, whatever is read beside it."""

    def __init__(self, card: Card, tokenizer: Tokenizer, backend: Backend, threads: int = 1) -> None:
        self.card = card
        self.version = card.version
        self._tokenizer = tokenizer
        self._backend = backend
        self._threads = threads
        self._workers: tuple[int, ThreadPoolExecutor] | None = None
        self._beginning = Lock()

    def read(self, texts: Iterable[str]) -> Iterator[Reading]:
        """A reading a text, in order. Texts are taken from the iterable a few dozen ahead at most.

        What is read is the folded text, as long as the text itself: traditional characters and full-width letters read
        like the others.
        """
        size, stride = self.card.reach
        folded = map(fold, texts)
        chunks = (windows(self._tokenizer, some, size, stride) for some in _some(folded, self._chunk))
        inputs = (_bounded(found) for chunk in chunks for found in chunk)
        for parts, outputs in self._computed(inputs, ("fields", "tokens")):
            yield joined(self.card, parts, outputs)

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> Floats:
        """Log-odds of the pair heads, one row a (target, text)."""
        given = list(pairs)
        inputs = encode_pairs(
            self._tokenizer, [fold(a) for a, _ in given], [fold(b) for _, b in given], self.card.max_tokens
        )
        width = max((head.end for head in self.card.pair), default=0)
        return self._rows(inputs, "pair", width)

    def sentences(self, texts: Iterable[str]) -> Floats:
        """The sentence vector of every text, one row each, of length one."""
        inputs = encode(self._tokenizer, texts, self.card.sentence.max_tokens)
        return self._rows(inputs, "sentence", self.card.hidden)

    def _rows(self, inputs: Sequence[Tokens], output: Output, width: int) -> Floats:
        found = [outputs[0][output] for _, outputs in self._computed(([item] for item in inputs), (output,))]
        return np.array(found, np.float32).reshape(len(inputs), width)

    @property
    def _chunk(self) -> int:
        return AT_ONCE * max(self._threads, self._backend.most // AT_ONCE)

    @property
    def _pool(self) -> ThreadPoolExecutor:
        with self._beginning:
            if self._workers is None or self._workers[0] != os.getpid():  # a forked process has none of the threads
                self._workers = os.getpid(), ThreadPoolExecutor(self._threads, thread_name_prefix="transformer")
            return self._workers[1]

    def _computed(
        self, groups: Iterable[list[Tokens]], outputs: Sequence[Output]
    ) -> Iterator[tuple[list[Tokens], list[Outputs]]]:
        """The inputs of every text with their outputs, in order; one chunk is computed while another is handed out."""
        ahead: deque[tuple[list[list[Tokens]], Pending]] = deque()
        for chunk in _some(groups, self._chunk):
            ahead.append((chunk, self._submit(chunk, outputs)))
            if len(ahead) > 1:
                yield from _handed_out(*ahead.popleft())
        while ahead:
            yield from _handed_out(*ahead.popleft())

    def _submit(self, chunk: Sequence[list[Tokens]], outputs: Sequence[Output]) -> Pending:
        """Inputs of like length go together, the longest first: no thread is left with a long one at the end."""
        inputs = [item for group in chunk for item in group]
        order = sorted(range(len(inputs)), key=lambda number: -len(inputs[number]))
        most = self._backend.most
        batches = [order[start : start + most] for start in range(0, len(order), most)]
        pool = self._pool
        return [(b, pool.submit(self._backend.run, [inputs[n] for n in b], outputs)) for b in batches]


def _handed_out(chunk: Sequence[list[Tokens]], pending: Pending) -> Iterator[tuple[list[Tokens], list[Outputs]]]:
    found: dict[int, Outputs] = {}
    for numbers, future in pending:
        found.update(zip(numbers, future.result(), strict=True))
    at = 0
    for group in chunk:
        yield group, [found.pop(number) for number in range(at, at + len(group))]
        at += len(group)


def _some(items: Iterable[object], size: int) -> Iterator[list]:  # type: ignore[type-arg]
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk


def _bounded(parts: list[Tokens]) -> list[Tokens]:
    if len(parts) <= MOST_WINDOWS:
        return parts
    tail = MOST_WINDOWS // 4
    return [*parts[: MOST_WINDOWS - tail], *parts[-tail:]]


def joined(card: Card, parts: Sequence[Tokens], outputs: Sequence[Outputs]) -> Reading:
    """One reading from those of a text's windows: where two overlap, each half counts in the window it is deeper in."""
    tokens, places = [], []
    for number, (part, found) in enumerate(zip(parts, outputs, strict=True)):
        first = _shared(parts[number - 1], part) if number else 0
        last = _shared(part, parts[number + 1]) if number + 1 < len(parts) else 0
        start, end = 1 + first // 2, len(part) - 1 - (last - last // 2)
        tokens.append(found["tokens"][start:end])
        places += part.offsets[start:end]
    return Reading(
        pooled(card, [found["fields"] for found in outputs], [len(part) - 2 for part in parts]),
        np.concatenate(tokens),
        np.array(places, np.int64).reshape(-1, 2),
        len(parts) < MOST_WINDOWS or all(_shared(*pair) for pair in pairwise(parts)),
    )


def _shared(part: Tokens, following: Tokens) -> int:
    """How many tokens at the end of a window stand at the begin of the next as well."""
    begin = following.offsets[1]
    return sum(1 for place in part.offsets[1:-1] if place >= begin)


def pooled(card: Card, fields: Sequence[Floats], lengths: Sequence[int]) -> Floats:
    """The log-odds of a whole text from those of its windows.

    One window that shows a factor shows it for the text; what kind of text it is, all of it says, each window by its
    share of the tokens.
    """
    if len(fields) == 1:
        return fields[0]
    stacked = np.stack(fields)
    result = np.asarray(np.average(stacked, axis=0, weights=np.maximum(lengths, 1)), np.float32)
    for head in card.fields:
        if head.kind == "multi":
            result[head.start : head.end] = stacked[:, head.start : head.end].max(axis=0)
    return result


def open_reader(folder: Path, device: Device = "cpu", threads: int | None = None) -> Reader:
    """The reader of a folder; every file is compared with its checksum.

    Raises ModelMissing (E212) where there is no folder, ArtifactError (E210) naming the file that is missing or
    altered, ModelError (E212) naming the file that cannot be used.
    """
    card = read_card(folder)
    verified(folder / TOKENIZER, TRAINER)
    try:
        tokenizer = load_tokenizer(folder)
    except Exception as error:  # the library raises plain Exceptions
        raise ModelError(f"E212: {folder / TOKENIZER} cannot be read ({str(error)[:160]})") from error
    return Reader(card, tokenizer, open_backend(folder, device), threads or machine.threads())


_LOADING: Final = Lock()


@lru_cache(maxsize=2)
def _loaded(choice: Choice, threads: int) -> Reader:
    return open_reader(choice.folder, choice.device, threads)


def load_reader(choice: Choice | None = None) -> Reader:
    """The reader of the chosen model or of another, loaded once a process. Raises what :func:`open_reader` raises."""
    with _LOADING:
        return _loaded(choice or chosen(), machine.threads())
