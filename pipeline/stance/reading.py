"""Reads a stance from the clauses that name the project; a model of pairs has its say where a deployment has one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal, Protocol, get_args

import yaml

from pipeline.records import DecisionProject, ProjectLink, Span

StanceLabel = Literal["oppose", "conditional", "neutral", "support"]
FLOOR: Final = 0.5
"""Less sure than this, no stance is stated: it cannot be told."""
_SENTENCE: Final = re.compile(r"[^。！？!?\n]+[。！？!?]*")
_OF_PAIRS: Final = {"AGAINST": "oppose", "FAVOR": "support", "NONE": "neutral"}
_HEAD_WEIGHT: Final = 1.0
"""Log-odds of the pair model beside those of the words; equal, until a deployment's own labels say otherwise."""


@dataclass(frozen=True, slots=True)
class Stance:
    """What the author wants of the project, and how sure that is."""

    label: StanceLabel
    p: float


class PairHead(Protocol):
    """A model that reads (target, text): AGAINST, FAVOR or NONE with its probability, one answer a pair, in order."""

    def stances(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, float]]:
        """The likeliest label of each pair."""
        ...


@dataclass(frozen=True, slots=True)
class Cue:
    """One kind of words that say a stance."""

    code: str
    stance: StanceLabel
    p: float
    patterns: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None

    def found_in(self, sentence: str) -> bool:
        """Whether the sentence has the cue and nothing that turns it round."""
        if not any(pattern.search(sentence) for pattern in self.patterns):
            return False
        return self.unless is None or self.unless.search(sentence) is None


@cache
def cues() -> tuple[Cue, ...]:
    """The cues of ``cues.yaml``, in their order: a condition comes before the bare consent that it holds."""
    rows = yaml.safe_load((resources.files("pipeline.stance") / "cues.yaml").read_text("utf-8"))["cues"]
    found = []
    for row in rows:
        assert row["stance"] in get_args(StanceLabel), row["code"]
        unless = re.compile("|".join(row["not"])) if row.get("not") else None
        patterns = tuple(re.compile(pattern) for pattern in row["patterns"])
        found.append(Cue(row["code"], row["stance"], float(row["p"]), patterns, unless))
    return tuple(found)


def cues_in(passages: Iterable[str]) -> list[Cue]:
    """The cues that stand in the passages; a sentence with a condition has no other cue."""
    found: list[Cue] = []
    for passage in passages:
        here = [cue for cue in cues() if cue.found_in(passage)]
        conditional = [cue for cue in here if cue.stance == "conditional"]
        found += conditional or here
    return found


def by_words(found: Sequence[Cue]) -> Stance | None:
    """The stance that cues say together: each kind once, evidence for and against added as log-odds."""
    if not found:
        return None
    kinds = {cue.code: cue for cue in found}
    votes: dict[StanceLabel, float] = {}
    for cue in kinds.values():
        votes[cue.stance] = votes.get(cue.stance, 0.0) + math.log(cue.p / (1 - cue.p))
    label = max(votes, key=lambda name: (votes[name], name))
    logit = votes[label] - sum(value for name, value in votes.items() if name != label)
    p = 1 / (1 + math.exp(-logit))
    return Stance(label, round(p, 4)) if p > FLOOR else None


class StanceReader:
    """Reads the stance of texts toward projects; without ``head`` from words alone."""

    def __init__(self, projects: Iterable[DecisionProject], head: PairHead | None = None) -> None:
        self._projects = {project.id: project for project in projects}
        self._head = head

    def read(self, text: str, links: Sequence[ProjectLink], *, asks_only: bool = False) -> tuple[ProjectLink, ...]:
        """The links, each with its stance; None where it cannot be told. ``asks_only``: the text is a bare inquiry."""
        return tuple(self._judged(text, link, asks_only) for link in links)

    def _judged(self, text: str, link: ProjectLink, asks_only: bool) -> ProjectLink:
        if link.relation != "about":
            return link
        passages = passages_about(text, link.evidence)
        said = by_words(cues_in(passages))
        if said is None and asks_only and not cues_in(passages):
            said = Stance("neutral", 0.6)
        said = self._with_head(link.project_id, passages, said)
        if said is None:
            return link
        return link.model_copy(update={"stance": said.label, "stance_p": said.p})

    def _with_head(self, project_id: str, passages: Sequence[str], said: Stance | None) -> Stance | None:
        project = self._projects.get(project_id)
        if self._head is None or project is None:
            return said
        ((label, p),) = self._head.stances([(str(project.name_zh), "".join(passages))])
        return blended(said, Stance(_label(_OF_PAIRS[label]), p))


def blended(said: Stance | None, read: Stance) -> Stance | None:
    """Words and model together. A condition is words' alone, since no pair model knows one."""
    if said is None:
        return Stance(read.label, round(read.p, 4)) if read.p > FLOOR else None
    if said.label == "conditional":
        return said
    share = min(max(read.p, 0.01), 0.99)
    own = math.log(said.p / (1 - said.p))
    other = _HEAD_WEIGHT * math.log(share / (1 - share))
    if said.label == read.label:
        return Stance(said.label, round(1 / (1 + math.exp(-(own + other))), 4))
    label, logit = (said.label, own - other) if own >= other else (read.label, other - own)
    p = 1 / (1 + math.exp(-logit))
    return Stance(label, round(p, 4)) if p > FLOOR else None


def passages_about(text: str, evidence: Sequence[Span]) -> list[str]:
    """The title, the sentences that name the project, and the last one, where petitions say what they ask for."""
    title_end = text.find("\n")
    found = {m.span(): m.group() for m in _SENTENCE.finditer(text)}
    spans = sorted(found)
    chosen = {span for span in spans if any(span[0] < e.end and e.start < span[1] for e in evidence)}
    chosen |= {span for span in spans if span[0] < title_end}
    asking = [span for span in spans if re.search(r"希望|请求|恳请|恳求|要求|建议|强烈|坚决|反对|支持|盼", found[span])]
    chosen |= set(asking[:1] + asking[-1:])
    return [found[span].strip() for span in sorted(chosen) if found[span].strip()]


def _label(name: str) -> StanceLabel:
    assert name in get_args(StanceLabel)
    return name  # type: ignore[return-value]
