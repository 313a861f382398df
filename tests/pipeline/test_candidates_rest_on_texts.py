"""No candidate and no matter of an office shows a word that does not stand in one of its texts (the examples)."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import TestOffice, office_in

from api.cli.projects import read_projects
from pipeline.records import Evidence, Record
from pipeline.records.base import spans_in

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
FILES = (("petitions_waste_plant.csv", "petition"), ("hotline.jsonl", "hotline"), ("weibo.jsonl", "weibo"))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> TestOffice:
    office = office_in(tmp_path_factory.mktemp("busy"), *read_projects(EXAMPLES / "projects.jsonl")[0])
    for name, kind in FILES:
        office.import_file(EXAMPLES / name, source_kind=kind)
    office.work()
    return office


def shown(office: TestOffice) -> list[Record]:
    """Everything that the office says about its projects."""
    found: list[Record] = []
    for project in office.store.projects():
        rows = office.store.risk_points(project.id, limit=1000).rows
        found += [row.candidate for row in rows if row.candidate]
        found += office.store.matters_of_project(project.id)
    return found


def test_every_passage_stands_in_a_text_of_the_office(busy: TestOffice) -> None:
    everything = shown(busy)
    passages = [span for record in everything for span in spans_in(record) if isinstance(span, Evidence)]
    texts = busy.store.documents_by_id({passage.document_id for passage in passages})
    assert len(everything) > 10 and len(passages) > 50
    for passage in passages:
        assert passage.quote(texts[passage.document_id]).strip() and not texts[passage.document_id].tombstone


def test_every_passage_opens_at_the_desk_word_for_word(busy: TestOffice) -> None:
    opened = 0
    for project in busy.store.projects():
        for row in busy.store.risk_points(project.id, limit=1000).rows:
            assert row.candidate
            if row.candidate.sealed:
                continue
            one = row.candidate
            passages = busy.desk().evidence(row.id, "risk_identification", limit=10_000).rows
            assert len(passages) == len(one.evidence) + len(one.counter_evidence) + len(one.residues)
            texts = busy.store.documents_by_id({passage["document_id"] for passage in passages})
            for passage in passages:
                text = texts[passage["document_id"]].text
                assert passage["text"] == text[passage["start"] : passage["end"]]
                assert text[: passage["end"]].endswith(passage["before"] + passage["text"])
            opened += len(passages)
    assert opened > 50


def test_every_matter_that_a_candidate_names_is_there(busy: TestOffice) -> None:
    for project in busy.store.projects():
        matters = {sheet.id: sheet for sheet in busy.store.matters_of_project(project.id)}
        for row in busy.store.risk_points(project.id, limit=1000).rows:
            assert row.candidate
            if not row.candidate.sealed:
                assert set(row.candidate.matter_ids) <= matters.keys()
                behind = {one for key in row.candidate.matter_ids for one in matters[key].documents}
                assert {passage.document_id for passage in row.candidate.evidence} <= behind


def test_what_is_withdrawn_is_gone_from_all_of_it_after_one_pass(busy: TestOffice) -> None:
    gone = sorted(
        {one for p in busy.store.projects() for s in busy.store.matters_of_project(p.id) for one in s.documents}
    )
    some = gone[::3]
    busy.store.withdraw_documents(some)
    busy.work()
    said = "".join(record.canonical_json() for record in shown(busy))
    assert not [one for one in some if one in said]
