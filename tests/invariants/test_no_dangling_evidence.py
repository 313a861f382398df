"""No candidate and no matter rests on words that do not stand in a stored text: thousands of texts, and real ones.

The real ones are the dev texts of project linking, which are not part of the project: the test runs where their folder
is (``MINYI_TEST_DATA``, or ``shared/data`` beside the repository). All of them are linked; those that are about a project,
which alone can carry a candidate, are taken in and read with the linear model alone, so that it stays below a minute.
With the whole model ``benchmarks.candidates`` and ``benchmarks.held_out`` count the same: passages that stand nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest
from county import COMPENSATION, DUST
from offices import TestOffice, office_in
from opinions import ROAD, opinion

from models.transformer import chosen
from pipeline.link import Linker
from pipeline.matters import Opinion
from pipeline.propose import propose
from pipeline.reader import Reader
from pipeline.records import Analysis, Evidence, Record
from pipeline.records.base import spans_in

DATA = Path(os.environ.get("MINYI_TEST_DATA") or Path(__file__).parents[3] / "shared" / "data")
WORDS = {COMPENSATION: ("补偿标准太低", "旱地补偿款没有到位"), DUST: ("粉尘落了一院子", "扬尘呛得老人直咳")}
PLACES = ("柳湾村", "上井村")
ORIGINS, TEXTS = 60, 2_000


def opened_everywhere(office: TestOffice) -> int:
    """Opens every passage of everything said about any project; returns how many those are."""
    passages = 0
    for project in office.store.projects():
        points = office.store.risk_points(project.id, limit=1000).rows
        said: list[Record] = [*(row.candidate for row in points if row.candidate)]
        said += office.store.matters_of_project(project.id)
        spans = [span for record in said for span in spans_in(record) if isinstance(span, Evidence)]
        texts = office.store.documents_by_id({span.document_id for span in spans})
        for span in spans:
            text = texts[span.document_id]
            assert not text.tombstone and 0 <= span.start < span.end <= len(text.text)
            assert span.quote(text) == text.text[span.start : span.end] and span.quote(text).strip()
        for row in points:
            if row.candidate and not row.candidate.sealed:
                passages += opened_at_the_desk(office, row.id)
    return passages


def opened_at_the_desk(office: TestOffice, risk_point_id: str) -> int:
    """Opens the evidence of a candidate as an assessor does; not one passage may be missing."""
    point = office.store.risk_point(risk_point_id)
    assert point is not None and point.candidate is not None
    candidate = point.candidate
    rows = office.desk().evidence(risk_point_id, "risk_identification", limit=10_000).rows
    assert len(rows) == len(candidate.evidence) + len(candidate.counter_evidence) + len(candidate.residues)
    texts = office.store.documents_by_id({row["document_id"] for row in rows})
    for row in rows:
        assert row["text"] == texts[row["document_id"]].text[row["start"] : row["end"]] != ""
    return len(rows)


def crowd(chance: Random) -> Iterable[Opinion]:
    """Letters of many people, most of them copies of others with something of their own, replies, and approval."""
    origins = []
    for number in range(ORIGINS):
        factor = chance.choice([COMPENSATION, DUST])
        words = chance.choice(WORDS[factor])
        body = f"{chance.choice(PLACES)}第{number}组：{'我们多次反映，' * chance.randint(0, 3)}{words}。请核实𠮷。"
        origins.append(opinion(body, (factor, words, chance.uniform(0.5, 0.99)), number=number, day=number % 40))
        yield origins[-1]
    for number in range(ORIGINS, TEXTS):
        first = chance.choice(origins)
        finding = first.findings[0]
        words = first.document.text[finding.evidence.start : finding.evidence.end]
        kind = chance.choice(["petition", "petition", "weibo", "hotline"])
        own = chance.choice(["", "我家还多了一口井。", "\n院墙也裂了，没有人来看😷。"])
        body = f"{first.document.body}{own}"
        yield opinion(body, (finding.code, words, finding.p), number=number, day=number % 60, kind=kind, origin=first)


def test_every_passage_of_thousands_of_texts_opens_word_for_word(tmp_path: Path) -> None:
    chance = Random(7)
    with office_in(tmp_path / "office", ROAD) as office:
        said = list(crowd(chance))
        office.store.add_documents([one.document for one in said])
        office.store.complete_analyses(one.analysis.model_copy(update={"links": (one.link,)}) for one in said)
        propose(office.store)
        assert opened_everywhere(office) > TEXTS
        office.store.withdraw_documents(one.document.id for one in said[::7])
        propose(office.store)
        assert opened_everywhere(office) > TEXTS / 2


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "linking/links_dev.jsonl.gz").exists(), reason="the dev texts are not part of Minyi")
def test_every_passage_of_the_dev_texts_opens_word_for_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.candidates import item_of, projects_of
    from benchmarks.matters import rows_of, text_of

    empty = tmp_path / "no-model"
    empty.mkdir()
    monkeypatch.setattr(chosen, "_choice", chosen.Choice(empty))
    projects = projects_of(DATA / "linking/projects_dev.jsonl")
    with office_in(tmp_path / "office", *projects, model_dir=empty, processes=1) as office:
        linker, rows = Linker(projects), list(rows_of(DATA / "linking/links_dev.jsonl.gz"))
        linked = [row for row in rows if linker.link(text_of(row), region=row["region"])]
        office.receive(map(item_of, linked))
        read = Reader(projects, office.settings.link_threshold).read(office.documents())
        office.store.complete_analyses(one for one in read if isinstance(one, Analysis))
        propose(office.store)
        assert len(rows) > 700 and len(read) > 200 and all(isinstance(one, Analysis) for one in read)
        assert opened_everywhere(office) > 300
