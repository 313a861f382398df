"""What holds for every text, whatever stands in it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from identifiers import emails, identity_cards, mobiles, plates, surroundings
from marked import fixtures

from pipeline.redact import redact

TEXTS = st.one_of(
    surroundings,
    st.lists(st.one_of(surroundings, mobiles(), identity_cards(), emails(), plates()), max_size=5).map("".join),
    st.lists(st.sampled_from([case.text for case in fixtures()]), min_size=1, max_size=4).map("".join),
)
thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@thorough
@given(before=surroundings, identifier=st.one_of(mobiles(), identity_cards(), emails(), plates()), after=surroundings)
def test_no_identifier_survives_whatever_stands_around_it(before, identifier, after):
    assert identifier not in redact(before + identifier + after).text


@thorough
@given(
    before=st.text("0123456789", max_size=8),
    identifier=st.one_of(mobiles(), identity_cards()),
    after=st.text("0123456789", max_size=8),
)
def test_a_number_hidden_among_other_digits_does_not_survive(before, identifier, after):
    assert identifier not in redact(before + identifier + after).text


@thorough
@given(TEXTS)
def test_what_is_redacted_once_is_redacted_for_good(text):
    once = redact(text).text
    again = redact(once)
    assert (again.text, again.redactions) == (once, ())


@thorough
@given(TEXTS)
def test_the_offsets_reproduce_the_output_and_nothing_else_changes(text):
    redaction = redact(text)
    rebuilt, at = "", 0
    for span in redaction.redactions:
        assert at <= span.start < span.end <= len(text)
        rebuilt += text[at : span.start] + span.replacement
        at = span.end
    assert rebuilt + text[at:] == redaction.text


@pytest.mark.parametrize("case", fixtures(), ids=str)
def test_a_fixture_redacted_again_stays_the_same(case):
    once = redact(case.text, official=case.official).text
    assert redact(once, official=case.official).text == once


@thorough
@given(TEXTS)
def test_invisible_characters_do_not_hide_a_number(text):
    assert "13800138000" not in redact(text + "电话1\u200b3800\u200d138000").text.replace("\u200b", "").replace(
        "\u200d", ""
    )
