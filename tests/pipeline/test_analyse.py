"""An analysis says what its document says, and nothing else."""

from __future__ import annotations

import pytest
from letters import VERSIONS, petition

from models import nlp
from pipeline.analyse import analyse
from pipeline.records import ProjectLink, Span
from pipeline.records.base import spans_in
from pipeline.redacted import seal

LETTER = (
    "我们是青石坳村的村民，采石场进场道路去年三月占了我家两亩旱地，补偿标准太低，每亩比邻村少一万元，同地不同价，"
    "全村三十多户都没有签字。多次向镇政府反映都没有结果，请求重新核定补偿标准。"
)


def reading(document):
    return nlp.read_one(
        document.text,
        published_at=document.published_at,
        source_kind=document.source_kind,
        region=document.region,
    )


@pytest.fixture(scope="module")
def letter():
    return petition(1, LETTER, title=seal("采石场进场道路补偿标准太低"))


@pytest.fixture(scope="module")
def analysed(letter):
    return analyse(letter, reading(letter), (), VERSIONS)


def test_a_letter_about_low_compensation_is_one_grievance_with_its_primary_factor(analysed):
    assert analysed.is_grievance
    (grievance,) = analysed.grievances
    assert grievance.factor_primary == "compensation_standard"
    assert [finding.primary for finding in grievance.factors].count(True) == 1


def test_the_evidence_quotes_the_letter(letter, analysed):
    finding = next(found for found in analysed.grievances[0].factors if found.primary)
    assert "补偿" in letter.text[finding.evidence.start : finding.evidence.end]


def test_what_is_asked_and_who_could_resolve_it_are_kept_apart(letter, analysed):
    grievance = analysed.grievances[0]
    assert grievance.proposed_units.primary
    assert grievance.proposed_units.territorial
    assert "核定补偿标准" in letter.text[grievance.demand.start : grievance.demand.end]


def test_contacts_without_result_are_repeated_and_unresolved(analysed):
    assert analysed.grievances[0].repeated_unresolved.label == "repeated_unresolved"


def test_the_same_document_gives_the_same_bytes(letter, analysed):
    assert analyse(letter, reading(letter), (), VERSIONS).canonical_json() == analysed.canonical_json()


@pytest.mark.parametrize("genre", ["reply", "news", "notice"])
def test_who_quotes_a_complaint_does_not_complain(letter, genre):
    reply = letter.model_copy(update={"genre": genre})
    found = analyse(reply, reading(reply), (), VERSIONS)
    assert not found.is_grievance
    assert found.grievances == ()
    assert found.p_grievance == 0


def test_a_question_without_reproach_has_no_grievance():
    question = petition(
        2, "请问青石坳镇便民中心周六上班吗？办理居住证需要带哪些材料？谢谢。", title=seal("咨询办证时间")
    )
    assert analyse(question, reading(question), (), VERSIONS).grievances == ()


def test_links_are_kept_as_they_were_found(letter):
    link = ProjectLink(
        project_id="quarry-road", p=0.8, relation="about", method="names", evidence=(Span(start=0, end=7),)
    )
    assert analyse(letter, reading(letter), (link,), VERSIONS).links == (link,)


def test_every_span_lies_in_the_text(letter, analysed):
    assert spans_in(analysed)
    assert all(span.end <= len(letter.text) for span in spans_in(analysed))


def test_no_finding_is_a_person(letter, analysed):
    assert {entity.type for entity in analysed.entities} <= {"place", "organisation", "facility"}


def test_findings_of_another_text_are_refused(letter):
    with pytest.raises(ValueError, match="not of the text"):
        analyse(letter, reading(petition(3)), (), VERSIONS)
