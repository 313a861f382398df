"""Is anything lost by rounding? The int8 graph beside the float one, figure by figure, on the dev sets.

Run: ``python -m models.training.transformer.rounding --data FOLDER --run FOLDER --trunk FOLDER --out FOLDER``.
``--out`` is the folder that export has written. It ends with an error when a figure falls by half a point or more.
"""

from __future__ import annotations

import json
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.training.transformer import streams
from models.training.transformer.export import export
from models.training.transformer.figures import figures
from models.training.transformer.outputs import computed, inputs
from models.training.transformer.rows import Example

SETS: Final[Mapping[str, Callable[[Path], streams.Stream]]] = {
    "gold": streams.gold,
    "domain": streams.domain,
    **streams.STREAMS,
}
ALLOWED: Final = 0.5
"""Points that a figure may fall by; of a set of few texts, what two texts weigh."""


@dataclass(frozen=True)
class Compared:
    """One figure of one set, in points, by the float and by the int8 graph, over so many texts."""

    set: str
    figure: str
    exact: float
    rounded: float
    texts: int

    @property
    def lost(self) -> float:
        """Points lost by rounding."""
        return self.exact - self.rounded

    @property
    def passed(self) -> bool:
        """Whether the loss is below what is allowed.

        Macro-F1 and single types of entities are shown only: one text of a rare class moves them by a point.
        """
        few = self.figure.endswith(".macro_f1") or self.figure.count(".") > 1
        return few or self.lost < max(ALLOWED, 200 / max(1, self.texts) + 1e-9)


def compared(name: str, examples: Sequence[Example], exact: Path, rounded: Path) -> Iterator[Compared]:
    """Every figure of a set by two model folders."""
    given = inputs(rounded, examples)
    before = figures(examples, given, computed(exact, given, f"{name}, float"))
    after = figures(examples, given, computed(rounded, given, f"{name}, int8"))
    for figure, value in before.items():
        texts = sum(_has(example, figure) for example in examples)
        yield Compared(name, figure, 100 * value, 100 * after[figure], texts)


def _has(example: Example, figure: str) -> bool:
    head = figure.rpartition(".")[0]
    return head in example.labels or any(kind == head or kind.startswith(f"{head}.") for kind in example.spans)


def table(found: Sequence[Compared]) -> str:
    """The comparison as Markdown."""
    lines = ["| set | figure | texts | float | int8 | lost | |", "| --- | --- | --- | --- | --- | --- | --- |"]
    lines += [
        f"| {c.set} | {c.figure} | {c.texts} | {c.exact:.1f} | {c.rounded:.1f} | {c.lost:+.2f} | "
        f"{'' if c.passed else 'too much'} |"
        for c in found
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """The command line of this module."""
    parser = ArgumentParser(description=__doc__)
    for name in ("data", "run", "trunk", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--most", type=int, default=600, help="texts of a set at most")
    given = parser.parse_args()
    found: list[Compared] = []
    with tempfile.TemporaryDirectory() as draft:
        exact = Path(draft) / "float"
        try:
            export(given.run, given.trunk, exact, rounded=False)
        except ValueError as error:
            raise SystemExit(str(error)) from error
        for name, read in SETS.items():
            examples = read(given.data).dev[: given.most]
            found += compared(name, examples, exact, given.out) if examples else []
    sys.stdout.write(table(found))
    (given.run / "rounding.json").write_text(json.dumps([vars(item) for item in found], indent=1) + "\n", "utf-8")
    if not all(item.passed for item in found):
        raise SystemExit("E219: rounding to int8 loses too much")


if __name__ == "__main__":
    main()
