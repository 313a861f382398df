"""A deployment of the size that a prefecture has: fourteen projects, one of them with a quarter of all documents.

Texts are recombined sentences (as in benchmarks.search) of the last two years, a few of them replies and copies. What
models would read in them is drawn by chance, since reading is not measured here: factors with the sentence that shows
them, attitude, place, stance. Everything after that is what an office makes of it: index, matters, risk points,
moments, watched hours.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

import numpy as np

from api.desk import Desk
from api.dispatch_desk import DispatchDesk
from api.policy import Reader
from models.encoder import load_encoder
from models.gazetteer import gazetteer
from models.taxonomy import taxonomy
from pipeline.alerts.watch import watch
from pipeline.feed import feed
from pipeline.matters.likeness import quantised
from pipeline.office import Office
from pipeline.propose import propose
from pipeline.records import (
    Analysis,
    DecisionProject,
    Document,
    Entity,
    FactorFinding,
    Grievance,
    Judgement,
    ProjectLink,
    ProposedUnits,
    Span,
    StakeholderGroup,
)
from pipeline.redacted import seal
from pipeline.store.matters import Vector
from pipeline.versions import current_versions
from pipeline.voices import Voice

SHARES: Final = (250, 180, 140, 100, 80, 70, 50, 40, 30, 25, 15, 10, 7, 3)
"""Documents of each project in a thousand."""
NAMES: Final = (
    "青石坳采石场进场道路工程", "白鹭滩水闸加固工程", "柳湾片区棚户区改造", "上井污水处理厂扩建", "檀溪轨道交通二号线",
    "南岭天然气调峰站", "云台风电场", "鹤鸣小学迁建", "东渡码头货运区", "碧潭水库移民安置", "松坪垃圾转运站",
    "石桥农贸市场改造", "竹溪变电站", "望江老旧小区加装电梯",
)  # fmt: skip
STAGES: Final = ("in_assessment", "in_assessment", "pre_assessment", "after_assessment", "post_assessment")
KINDS: Final = (("petition", "petition"),) * 6 + (("hotline", "petition"), ("weibo", "post"), ("news", "news"))
DAYS: Final = 730
BATCH: Final = 2_000
FACTORS: Final = 14
"""Factors that the texts of one project carry."""
THEMES: Final = 12
"""Things of one factor that the texts of one project are about, each with texts that mean the same."""


def projects() -> list[DecisionProject]:
    """The projects, the largest first, in counties of three provinces; all names are invented."""
    counties = sorted(code for code in gazetteer().by_code if len(code) == 6)
    return [
        DecisionProject(
            id=f"project-{number:02}", name_zh=name, region_code=counties[number * 31], region="示例县",
            stage=STAGES[number % len(STAGES)],  # type: ignore[arg-type]
            places=(f"{name[:2]}镇",), keywords=(name[-4:],), commissioning_unit="示例县住房和城乡建设局",
        )
        for number, name in enumerate(NAMES)
    ]  # fmt: skip


class Writers:
    """Draws the texts of one deployment, the same for the same pool, count and last moment."""

    def __init__(self, office: Office, pool: list[str], count: int, now: datetime) -> None:
        self._pool, self._count, self._now = pool, count, now
        self._chance = random.Random(20260101)
        self._projects = projects()
        self._versions = current_versions(self._projects, office.settings.link_threshold)
        open_codes = [code for code, factor in taxonomy().factors.items() if not factor.confidential]
        self._factors = {one.id: self._chance.sample(open_codes, FACTORS) for one in self._projects}
        self._groups = {one.id: self._chance.sample(list(taxonomy().stakeholders), 4) for one in self._projects}
        self._towns = {one.id: _towns(one.region_code or "") for one in self._projects}
        noise = np.random.default_rng(1)
        size = load_encoder().dimensions
        self._meanings = noise.normal(size=(len(self._projects) * FACTORS * THEMES, size)).astype(np.float32)
        self._noise = noise

    def write(self) -> Iterator[tuple[Document, Analysis, Voice, Vector | None]]:
        """Every text with what was read in it, who wrote it and what it means."""
        before: dict[str, list[tuple[Document, Analysis]]] = {one.id: [] for one in self._projects}
        for number in range(self._count):
            [project] = self._chance.choices(self._projects, SHARES)
            known = before[project.id]
            if known and self._chance.random() < 0.1:
                document, analysis = self._copy(number, *self._chance.choice(known))
                yield document, analysis, self._voice(document, project), None
                continue
            document = self._document(number, project, [one.id for one, _ in known[-50:]])
            analysis, theme = self._analysis(document, project)
            heavy = document.genre != "reply" and analysis.is_grievance
            vector = Vector(document.id, document.content_hash, self._meaning(theme)) if heavy else None
            if document.genre == "petition":
                known.append((document, analysis))
            yield document, analysis, self._voice(document, project), vector

    def _copy(self, number: int, document: Document, analysis: Analysis) -> tuple[Document, Analysis]:
        """The same text again, some days later."""
        assert document.published_at is not None
        moment = min(self._now, document.published_at + timedelta(days=self._chance.random() * 20))
        changes = {"id": f"d{number:024x}", "origin_id": document.id, "published_at": moment}
        return document.model_copy(update=changes), analysis.model_copy(update={"document_id": changes["id"]})

    def _document(self, number: int, project: DecisionProject, before: list[str]) -> Document:
        chance = self._chance
        kind, genre = chance.choice(KINDS)
        text = f"关于{self._chance.choice(list(self._towns[project.id]))}的意见：{self._text()}"
        identity = f"d{number:024x}"
        answered = chance.choice(before) if before and chance.random() < 0.05 else None
        back = chance.random() * DAYS
        if project.id in ("project-00", "project-03", "project-06") and chance.random() < 0.02:
            back = chance.random() * 3
        return Document(
            id=identity, source_kind=kind if answered is None else "petition", source=seal(f"示例来源{number % 20}"),
            genre=genre if answered is None else "reply", reply_to=answered,
            published_at=self._now - timedelta(days=back), collected_at=self._now, region=seal("示例县"),
            title=seal(text[:18]), body=seal(text[18:]), redactor_version="r1", origin_id=identity,
        )  # fmt: skip

    def _text(self) -> str:
        length = min(2000, max(60, int(self._chance.lognormvariate(5.27, 0.73))))
        parts: list[str] = []
        while sum(map(len, parts)) < length:
            parts.append(self._chance.choice(self._pool))
        return "".join(parts)

    def _analysis(self, document: Document, project: DecisionProject) -> tuple[Analysis, int]:
        chance = self._chance
        complains = document.genre not in ("reply", "news") and chance.random() < 0.7
        codes = [self._factors[project.id][min(FACTORS - 1, int(chance.paretovariate(0.7)) - 1)]]
        codes += chance.sample([one for one in self._factors[project.id] if one not in codes], chance.randrange(3))
        length = len(document.text)
        at = chance.randrange(20, length - 30)
        shown = Span(start=at, end=at + 20)
        name = document.text[2 : document.text.index("的意见")]
        place = self._towns[project.id][name]
        attitude = "negative" if complains else chance.choice(("neutral", "positive", "negative"))
        grievance = Grievance(
            factor_primary=codes[0],
            factors=tuple(
                FactorFinding(code=code, p=0.6 + 0.3 * chance.random(), primary=code == codes[0], evidence=shown)
                for code in codes
            ),
            proposed_units=ProposedUnits(primary=("natural_resources",), territorial=("township_subdistrict",)),
            repeated_unresolved=Judgement(label="not_stated", p=0.8),
            stakeholder_groups=tuple(
                StakeholderGroup(code=code, p=0.9, evidence=shown)
                for code in chance.sample(self._groups[project.id], chance.randrange(2))
            ),
        )
        link = ProjectLink(
            project_id=project.id, p=0.9, relation="about" if chance.random() < 0.95 else "mentions", method="names",
            evidence=(Span(start=0, end=4),), stance=chance.choice(("oppose", "conditional", "neutral", "support")),
            stance_p=0.8,
        )  # fmt: skip
        analysis = Analysis(
            document_id=document.id, input_hash=document.content_hash, text_length=length,
            genre=Judgement(label="complaint", p=0.9), attitude=Judgement(label=attitude, p=0.9),
            is_grievance=complains, p_grievance=0.95 if complains else 0.05,
            grievances=(grievance,) if complains else (),
            entities=(Entity(start=2, end=2 + len(name), type="place", code=place, level="township"),), links=(link,),
            versions=self._versions,
        )  # fmt: skip
        factor = self._factors[project.id].index(codes[0])
        theme = (self._projects.index(project) * FACTORS + factor) * THEMES + chance.randrange(THEMES)
        return analysis, theme

    def _meaning(self, theme: int) -> bytes:
        around = self._meanings[theme] + 0.4 * self._noise.normal(size=self._meanings.shape[1])
        return quantised(around / np.linalg.norm(around))

    def _voice(self, document: Document, project: DecisionProject) -> Voice:
        """Two accounts wrote three texts."""
        assert document.published_at is not None
        week = (self._now - document.published_at).days // 7
        people = 2 * self._count // 3 // (DAYS // 7) + 1
        return Voice(document.id, project.id, f"w{week:03}", self._chance.randrange(people).to_bytes(16))


def _towns(county: str) -> dict[str, str]:
    """The names of the county's townships with their codes."""
    return {one.name: code for code, one in gazetteer().by_code.items() if len(code) == 9 and code.startswith(county)}


def fill(office: Office, pool: list[str], count: int) -> None:
    """Fills an empty office; says on stderr how far it is."""
    store, now = office.store, datetime.now(UTC).replace(microsecond=0)
    office.register(projects())
    source = Writers(office, pool, count, now).write()
    encoder = load_encoder().version
    done = 0
    while batch := list(islice(source, BATCH)):
        documents, analyses, voices, vectors = zip(*batch, strict=True)
        store.add_documents(documents, voices)
        store.complete_analyses(analyses)
        store.save_matter_vectors([one for one in vectors if one], encoder)
        done += len(batch)
        _tell(f"{done} documents")
    feed(store, office.index, lambda rows: _tell("indexed"))
    propose(store, lambda project: _tell(f"proposed {project.id}"))
    watch(store, office.settings)
    _tell("watched")


def _tell(said: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {said}, processor {time.process_time():.0f} s", file=sys.stderr, flush=True)


class People:
    """What people did in that office through the same desks as the pages: decisions, dispatches, shares, an audit."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._assessor, self._platform = Reader("bench", "assessor"), Reader("bench-platform", "platform")

    def work(self, events: int = 20_000) -> None:
        """Decides on a third of the candidates, dispatches some, concludes contracts; reads so many times."""
        store = self._office.store
        for project in store.projects():
            points = [one for one in store.risk_points(project.id, limit=1000).rows if one.candidate]
            for number, point in enumerate(points[::3]):
                assert point.candidate is not None
                if not point.candidate.sealed:
                    self._decide(point.id, number)
        for number in range(40):
            store.add_account(f"officer-{number}", f"officer-{number}", "local_government", project_ids=["project-00"])
        with store.transaction():
            for number in range(events):
                project_id = f"project-{number % len(NAMES):02}"
                self._office.audit.append(
                    f"reader-{number % 30}", "assessor", "documents.read", purpose="risk_survey", project_id=project_id
                )
        _tell("people")

    def _decide(self, point_id: str, number: int) -> None:
        desk = Desk(self._office, self._assessor)
        steps = ("accept", "confirm") if number % 2 else ("reject",)
        for action in steps:
            desk.decide(point_id, "risk_survey", who="bench", action=action, reason="核对过原文")  # type: ignore[arg-type]
        if number % 2:
            for one in DispatchDesk(self._office, self._assessor).propose(point_id, "risk_survey"):
                DispatchDesk(self._office, self._platform).act(
                    one["id"], "dispatch", who="bench-platform", action="confirm", reason="请核实"
                )
