"""Texts that cannot be redacted with certainty are refused, and the refusal says nothing about their content."""

import pytest

from models.checksums import ArtifactError
from pipeline.redact import CannotRedact, redact
from pipeline.redact.finding import Finding
from pipeline.redact.shadow import MAX_CHARACTERS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("电话13800138000\ud800", "lone_surrogate"),
        ("电话13800\x00138000", "control_character"),
        ("\x1b[31m红色", "control_character"),
        ("\uffff", "control_character"),
        ("水" * (MAX_CHARACTERS + 1), "too_long"),
    ],
)
def test_a_text_that_cannot_be_checked_is_refused(text: str, reason: str):
    with pytest.raises(CannotRedact) as refusal:
        redact(text)
    assert refusal.value.reason == reason
    assert str(refusal.value) == reason


@pytest.mark.parametrize(
    ("failure", "told"), [(IndexError("张建国"), CannotRedact), (ArtifactError("E210: gone"), ArtifactError)]
)
def test_a_failing_rule_sets_the_text_aside_and_a_missing_model_stops_the_work(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, told: type[Exception]
):
    def broken_rule(text: str) -> list[Finding]:
        raise failure

    monkeypatch.setattr("pipeline.redact.redactor.find_plates", broken_rule)
    with pytest.raises(told) as refusal:
        redact("反映人张建国")
    assert "张建国" not in str(refusal.value)


def test_line_breaks_of_office_files_become_line_feeds():
    assert redact("第一行\x0b第二行\u2028第三行\x0c第四行").text == "第一行\n第二行\n第三行\n第四行"


def test_tabs_and_line_ends_stay():
    assert redact("甲\t乙\r\n丙").text == "甲\t乙\r\n丙"


def test_an_empty_text_is_redacted_to_an_empty_text():
    redaction = redact("")
    assert (redaction.text, redaction.redactions, redaction.counts) == ("", (), {})


@pytest.mark.parametrize(
    "piece", ["张", "张某", "1 ", "1", "a.", "a@b.", "-1", "13800138000", "张建国、", "3栋", "月1日8点我从"]
)
def test_a_text_of_one_repeated_piece_is_redacted_for_good(piece: str):
    once = redact(piece * (3_000 // len(piece))).text
    assert redact(once).text == once
