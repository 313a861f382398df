"""Gives bad input to everything that takes input, and counts what became of it.

    make fuzz                                              # 100,000 inputs, new ones every time
    python -m benchmarks.fuzz --inputs 2000 --only query,pdf --seed 7

An input fails by a crash (an exception that is no refusal), a hang (two seconds of the processor) or a refusal that
says nothing. Failing inputs are written to ``tests/fuzzing/corpus``, where every test run tries them again.
Exit code 1 if any failed.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Final

from benchmarks.fuzz.targets import TARGETS

CORPUS: Final = Path(__file__).parents[2] / "tests" / "fuzzing" / "corpus"
HANG: Final = 2.0
"""Seconds of the processor, which other work on the machine does not lengthen."""
REQUESTS: Final = 10
"""Of a hundred inputs; half of them by the description."""


class Hangs(BaseException):
    """No answer after two seconds; no handler of the product can take it for an error of its own."""


@dataclass
class Tally:
    """What became of the inputs of one target."""

    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        return sum(self.outcomes.values())


def on_time(number: int, frame: FrameType | None) -> None:
    """Handles SIGPROF: the two seconds are over."""
    raise Hangs


def judged(judge: Callable[[bytes], str], content: bytes) -> tuple[str, str, float]:
    """(outcome, error, seconds) of one input."""
    started = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, HANG)
    try:
        outcome, error = judge(content), ""
    except Hangs:
        outcome, error = "hang", "".join(traceback.format_exc().splitlines(keepends=True)[-8:])
    except Exception:
        outcome, error = "crash", "".join(traceback.format_exc().splitlines(keepends=True)[-8:])
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return outcome, error, time.process_time() - started


def _run(
    name: str, count: int, make: Callable[[Random], bytes], judge: Callable[[bytes], str], random: Random
) -> Tally:
    tally = Tally()
    judged(judge, make(Random(0)))  # what is read once, such as the models, is not part of any input
    for _ in range(count):
        content = make(random)
        outcome, error, seconds = judged(judge, content)
        _count(tally, outcome, seconds)
        if error:
            tally.failures.append(error)
            folder = CORPUS / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / hashlib.sha256(content).hexdigest()[:12]).write_bytes(content)
    return tally


def _count(tally: Tally, outcome: str, seconds: float) -> None:
    tally.outcomes[outcome] += 1
    tally.seconds += seconds
    tally.slowest = max(tally.slowest, seconds)


def _requests(count: int, random: Random) -> dict[str, Tally]:
    from benchmarks.fuzz.requests import an_office

    by_description = Tally()
    with an_office() as asked:
        raw = _run("http", count - count // 2, asked.make, asked.judge, random)
        started = time.process_time()
        for shown, outcome, error in asked.described(random, count // 2):
            _count(by_description, outcome, 0.0)
            if error:
                by_description.failures.append(f"{shown}\n{error}")
        by_description.seconds = time.process_time() - started
    return {"http": raw, "http by description": by_description}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--only", default="", help="names of targets, separated by commas")
    parser.add_argument("--seed", type=int, default=None, help="repeats a run")
    asked = parser.parse_args()
    number = Random().randrange(2**32) if asked.seed is None else asked.seed
    names = set(filter(None, asked.only.split(",")))
    signal.signal(signal.SIGPROF, on_time)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    print(f"seed {number}", flush=True)
    chosen = [target for target in TARGETS if not names or target.name in names]
    whole = sum(target.share for target in chosen) + (REQUESTS if not names or "http" in names else 0)
    tallies: dict[str, Tally] = {}
    for target in chosen:
        count = round(asked.inputs * target.share / whole)
        tallies[target.name] = _run(target.name, count, target.make, target.judge, Random(f"{number} {target.name}"))
        _show(target.name, tallies[target.name])
    if not names or "http" in names:
        for name, tally in _requests(round(asked.inputs * REQUESTS / whole), Random(f"{number} http")).items():
            tallies[name] = tally
            _show(name, tally)
    failed = sum(len(tally.failures) for tally in tallies.values())
    print(f"{sum(tally.inputs for tally in tallies.values()):,} inputs, {failed} failed")
    return 1 if failed else 0


def _show(name: str, tally: Tally) -> None:
    told = ", ".join(f"{count:,} {outcome}" for outcome, count in tally.outcomes.most_common())
    mean = 1000 * tally.seconds / max(1, tally.inputs)
    print(f"{name:20} {tally.inputs:7,}  {told}; {mean:.1f} ms each, slowest {tally.slowest:.2f} s", flush=True)
    for error, times in Counter(tally.failures).most_common(5):
        print(f"--- {times} times\n{error}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
