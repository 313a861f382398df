"""However a number is written, nobody can be reached by what is left of it; and nobody writes a redaction himself."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spellings import FORGED, Spelled, left_of, spelled

from pipeline.redact import redact, redact_document
from pipeline.redact.result import PLACEHOLDERS

thorough = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BEFORE = st.sampled_from(["", "我的电话是", "联系电话：", "请打给我，", "身份证号：", "卡号", "工资没有发，\n", "（"])
AFTER = st.sampled_from(["", "，请回复。", "转告", "\n施工方不管", "）", " 谢谢"])


@thorough
@given(BEFORE, spelled(), AFTER)
def test_no_seven_digits_of_a_number_are_left_in_any_spelling(before: str, number: Spelled, after: str) -> None:
    assert not left_of(redact(before + number.written + after).text, number.digits)


@thorough
@given(spelled(), spelled())
def test_a_number_in_the_title_and_one_in_the_text_are_both_gone(title: Spelled, body: Spelled) -> None:
    done = redact_document(f"联系我{title.written}", f"我的电话是{body.written}")
    assert not left_of(done.title, title.digits) and not left_of(done.body, body.digits)


@thorough
@given(BEFORE, spelled(forged=True), AFTER)
def test_what_looks_like_a_redaction_does_not_shelter_a_number(before: str, number: Spelled, after: str) -> None:
    assert not left_of(redact(before + number.written + after).text, number.digits)


@thorough
@given(BEFORE, spelled(), AFTER)
def test_spelled_numbers_are_redacted_for_good_and_at_their_place(before: str, number: Spelled, after: str) -> None:
    text = before + number.written + after
    redaction = redact(text)
    again = redact(redaction.text)
    rebuilt, at = "", 0
    for span in redaction.redactions:
        assert at <= span.start < span.end <= len(text)
        rebuilt, at = rebuilt + text[at : span.start] + span.replacement, span.end
    assert rebuilt + text[at:] == redaction.text == again.text and again.redactions == ()


@thorough
@given(st.lists(st.sampled_from([*FORGED, *PLACEHOLDERS.values(), "扬尘很大", "，", "13800138000", "\n"]), max_size=8))
def test_a_placeholder_that_somebody_wrote_counts_as_nothing_taken_out(parts: list[str]) -> None:
    text = "".join(parts)
    redaction = redact(text)
    assert bool(redaction.counts) == ("13800138000" in text)
    for span in redaction.redactions:
        assert text[span.start : span.end].isdecimal()


@thorough
@given(st.sampled_from(sorted(PLACEHOLDERS.values())), spelled())
def test_a_number_inside_what_looks_like_a_redaction_is_gone(mark: str, number: Spelled) -> None:
    assert not left_of(redact(mark[:-1] + number.written + mark[-1]).text, number.digits)
