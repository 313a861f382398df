"""Records refuse what must not exist."""

from __future__ import annotations

import json
import pickle

import pytest
from letters import FACTOR, UNITS, analysis, candidate, document_id, petition
from pydantic import ValidationError

from pipeline.raw import RawItem, RawItemCannotBeWritten
from pipeline.records import (
    Counts,
    DecisionProject,
    Document,
    Evidence,
    EvidenceError,
    FactorFinding,
    Grievance,
    Interval,
    Judgement,
    Quote,
    Span,
)
from pipeline.redacted import RedactedText, seal


def test_text_that_did_not_come_from_the_redactor_is_refused() -> None:
    fields = petition(1).model_dump()
    with pytest.raises(ValidationError, match="RedactedText"):
        Document.model_validate({**fields, "body": "我叫某某"})
    with pytest.raises(TypeError, match=r"pipeline\.redact"):
        RedactedText("我叫某某")


def test_redacted_text_stays_redacted_across_processes_and_its_pieces_are_plain() -> None:
    text = pickle.loads(pickle.dumps(seal("旱地补偿")))
    assert isinstance(text, RedactedText) and not isinstance(text[:2], RedactedText)


def test_raw_text_cannot_be_written_by_accident() -> None:
    item = RawItem("petition", "信箱", "1", "题", "我叫某某", "petition", author_key="u1")
    assert "某某" not in repr(item) and "u1" not in repr(item)
    with pytest.raises(RawItemCannotBeWritten):
        pickle.dumps(item)
    with pytest.raises(TypeError):
        json.dumps(item)
    with pytest.raises(RawItemCannotBeWritten):
        list(item)


def test_a_quote_is_a_substring_of_its_document_or_it_does_not_exist() -> None:
    document = petition(1)
    quote = Quote.of(Evidence(document_id=document.id, start=0, end=4), document)
    assert quote.text == document.text[:4]
    with pytest.raises(ValidationError, match="E101"):
        Quote(document_id=document.id, start=0, end=4, text=document.text[:4])
    with pytest.raises(ValidationError, match="E101"):
        Quote.model_validate({**quote.model_dump(), "text": "无此一句"[:4]}, context={"document": document})


def test_a_quote_has_at_most_eighty_characters() -> None:
    document = petition(1, body="补" * 200)
    assert len(Quote.of(Evidence(document_id=document.id, start=9, end=200), document).text) == 80


def test_evidence_outside_the_text_or_of_another_document_is_refused() -> None:
    document = petition(1)
    with pytest.raises(EvidenceError, match="E101"):
        Evidence(document_id=document.id, start=0, end=10_000).quote(document)
    with pytest.raises(EvidenceError, match="E101"):
        Evidence(document_id=document_id(2), start=0, end=2).quote(document)
    with pytest.raises(ValidationError, match="E102"):
        Evidence(document_id=document.id, start=3, end=3)


def test_an_analysis_points_into_its_text_only() -> None:
    fields = analysis(petition(1), "quarry-road").model_dump()
    with pytest.raises(ValidationError, match="E101"):
        type(analysis(petition(1)))(**{**fields, "text_length": 5})


def test_codes_that_the_taxonomy_lacks_are_refused() -> None:
    with pytest.raises(ValidationError, match="E110"):
        FactorFinding(code="bad_mood", p=0.5, evidence=Span(start=0, end=1))


def test_a_grievance_has_one_primary_factor() -> None:
    finding = FactorFinding(code=FACTOR, p=0.9, primary=False, evidence=Span(start=0, end=1))
    with pytest.raises(ValidationError, match="E130"):
        Grievance(
            factor_primary=FACTOR, factors=(finding,), proposed_units=UNITS,
            repeated_unresolved=Judgement(label="no", p=0.5),
        )  # fmt: skip


def test_a_social_url_is_kept_as_a_keyed_hash_only() -> None:
    fields = {**petition(1).model_dump(), "source_kind": "weibo"}
    with pytest.raises(ValidationError, match="E120"):
        Document.model_validate({**fields, "url": "https://weibo.example/99123/Abc"})
    assert Document.model_validate({**fields, "url": "keyed:ab12"}).url == "keyed:ab12"


def test_a_candidate_shows_evidence_or_is_sealed() -> None:
    with pytest.raises(ValidationError, match="E142"):
        candidate(1, evidence=())
    with pytest.raises(ValidationError, match="E141"):
        candidate(1, sealed=True)


def test_counts_and_intervals_do_not_contradict_themselves() -> None:
    with pytest.raises(ValidationError, match="E140"):
        Counts(documents=2, origins=3, voices_low=1, voices_high=2, by_source_kind={})
    with pytest.raises(ValidationError, match="E103"):
        Interval(p=0.9, low=0.1, high=0.5)


def test_a_project_takes_lists_as_a_spreadsheet_writes_them() -> None:
    project = DecisionProject.model_validate(
        {"project_id": "p1", "name_zh": "某路工程", "aliases": "东路、 东路；拉通工程"}
    )
    assert project.aliases == ("东路", "拉通工程")
