"""The four stages and thirteen steps of an assessment (评估前、评估中、评估后、后评估), with who takes part in each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, get_args

import yaml

from pipeline.records import Role
from pipeline.records.project import Stage


class UnknownStep(LookupError):
    """E646: a step or stage that the process does not have."""


@dataclass(frozen=True, slots=True)
class Party:
    """One of the parties of an assessment; ``role`` None: it is heard, and has no account."""

    code: str
    name_zh: str
    name_en: str
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One of the thirteen steps, numbered through all stages; ``product`` is what this program contributes to it."""

    number: int
    code: str
    name_zh: str
    name_en: str
    leads: tuple[str, ...]
    product: str


@dataclass(frozen=True, slots=True)
class StageOfProcess:
    """A stage with its main and secondary participants and its steps in order."""

    code: Stage
    name_zh: str
    name_en: str
    main: tuple[str, ...]
    secondary: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Process:
    """The whole process in order."""

    parties: dict[str, Party]
    stages: tuple[StageOfProcess, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All thirteen steps."""
        return tuple(step for stage in self.stages for step in stage.steps)

    def stage(self, code: str) -> StageOfProcess:
        """The stage of this code. Raises UnknownStep (E646)."""
        found = next((stage for stage in self.stages if stage.code == code), None)
        if found is None:
            raise UnknownStep(f"E646: no stage {code!r}; stages: {', '.join(stage.code for stage in self.stages)}")
        return found

    def step(self, code: str) -> Step:
        """The step of this code or number. Raises UnknownStep (E646)."""
        found = next((step for step in self.steps if code in (step.code, str(step.number))), None)
        if found is None:
            raise UnknownStep(f"E646: no step {code!r}; steps: {', '.join(step.code for step in self.steps)}")
        return found


@cache
def process() -> Process:
    """The shipped process, read once. Raises ValueError when the file names what there is not."""
    data = yaml.safe_load((resources.files("pipeline.process") / "stages.yaml").read_text("utf-8"))
    parties = {code: Party(code, **row) for code, row in data["parties"].items()}
    stages, number = [], 0
    for row in data["stages"]:
        steps = []
        for step in row.pop("steps"):
            number += 1
            steps.append(Step(number, **{**step, "leads": tuple(step["leads"])}))
        seats = {**row, "main": tuple(row["main"]), "secondary": tuple(row["secondary"])}
        stages.append(StageOfProcess(**seats, steps=tuple(steps)))
    _agree(parties, stages)
    return Process(parties, tuple(stages))


def _agree(parties: dict[str, Party], stages: list[StageOfProcess]) -> None:
    named = {code for stage in stages for code in (*stage.main, *stage.secondary)}
    named |= {code for stage in stages for step in stage.steps for code in step.leads}
    strangers: set[Any] = named - set(parties)
    strangers |= {party.role for party in parties.values() if party.role} - set(get_args(Role))
    if strangers or [stage.code for stage in stages] != list(get_args(Stage)):
        raise ValueError(f"pipeline/process/stages.yaml does not fit: {sorted(strangers) or 'the stages'}")
