"""What a model folder says of many inputs, computed by the code that serves it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

from tqdm import tqdm

from models.training.transformer.rows import Example
from models.transformer import machine
from models.transformer.card import read_card
from models.transformer.session import Floats, open_backend
from models.transformer.tokens import Tokens, encode, encode_pairs, load_tokenizer

Outputs: TypeAlias = tuple[Floats, Floats, Floats]
"""``fields``, ``tokens`` and ``pair`` of one input."""


def inputs(folder: Path, examples: Sequence[Example]) -> list[Tokens]:
    """The examples as the folder's model reads them, one window each; those with a target as pairs."""
    tokenizer, limit = load_tokenizer(folder), read_card(folder).max_tokens
    texts = [example.text for example in examples]
    if examples and examples[0].target is not None:
        return encode_pairs(tokenizer, [str(example.target) for example in examples], texts, limit)
    return encode(tokenizer, texts, limit)


def computed(folder: Path, given: Sequence[Tokens], name: str) -> list[Outputs]:
    """The outputs of every input, in order, under a progress bar with this name."""
    backend = open_backend(folder, "cpu")

    def one(item: Tokens) -> Outputs:
        found = backend.run([item], ("fields", "tokens", "pair"))[0]
        return found["fields"], found["tokens"], found["pair"]

    with ThreadPoolExecutor(machine.threads()) as pool:
        return list(tqdm(pool.map(one, given), total=len(given), desc=name, unit="text", mininterval=5))
