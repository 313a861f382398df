"""From scores to episodes: onset, hysteresis, cool-down; within an episode the level only rises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.alerts.levels import LevelRules
from pipeline.alerts.observation import Bools, Floats, Ints
from pipeline.alerts.settings import DetectorSettings
from pipeline.alerts.state import States

IDLE: Final = 0
OPEN: Final = 1
COOLING: Final = 2


@dataclass(frozen=True, slots=True)
class Turn:
    """What happened to each series' episode at this tick; ``level`` is 0 outside an episode."""

    onset: Bools
    escalated: Bools
    ended: Bools
    level: npt.NDArray[np.uint8]


def reached(score: Floats, excess: Floats, cold: Bools, downgrade: Bools, rules: LevelRules) -> npt.NDArray[np.uint8]:
    """The highest level whose score and excess are both there, 0 for none; one lower for a volume artefact."""
    level = np.zeros(len(score), dtype=np.uint8)
    for number, (threshold, least) in enumerate(zip(rules.thresholds, rules.least_excess, strict=True), 1):
        level[(score >= threshold) & (excess >= least)] = number
    level[downgrade & (level > 0)] -= 1
    level[cold & (level < 3)] = 0
    return level


def turn(
    states: States,
    tick: Ints,
    score: Floats,
    fresh: Floats,
    level: npt.NDArray[np.uint8],
    seen: Bools,
    rules: LevelRules,
    settings: DetectorSettings,
) -> Turn:
    """One tick of the state machine. ``fresh`` is the score of short windows, by which an episode cools.

    A tick about which nothing is known neither opens nor cools anything.
    """
    c: dict[str, Any] = states.columns
    phase, was = c["phase"].astype(np.int64), c["level"].copy()
    reach = np.where(seen, level, 0).astype(np.uint8)
    onset = (phase == IDLE) & (reach > 0)
    running = phase != IDLE
    escalated = running & (reach > was)
    again = (phase == COOLING) & (reach > 0) & (fresh >= rules.thresholds[0])
    calm = seen & (fresh < settings.release * rules.thresholds[0])
    counting = seen & running & ~again & (calm | (phase == COOLING))
    quiet = np.where(counting, c["quiet"] + 1, np.where(seen, 0, c["quiet"]))
    cooled = (phase == OPEN) & (quiet >= settings.quiet_ticks)
    ended = (phase == COOLING) & ~again & (quiet >= settings.cooldown_ticks)
    c["phase"] = np.select([onset | again, cooled, ended], [OPEN, COOLING, IDLE], phase).astype(np.uint8)
    c["quiet"] = np.where(onset | cooled | ended, 0, quiet).astype(np.uint16)
    now = np.where(onset | escalated, reach, was).astype(np.uint8)
    c["level"] = np.where(ended, 0, now).astype(np.uint8)
    c["serial"] = (c["serial"] + onset).astype(np.uint32)
    c["begin"] = np.where(onset, tick, c["begin"])
    c["end"] = np.where(ended, tick, c["end"])
    c["peak"] = np.where(onset, score, np.maximum(c["peak"], np.where(running, score, 0.0))).astype(np.float32)
    return Turn(onset, escalated, ended, np.where(ended, 0, now).astype(np.uint8))
