"""What goes and what stays, on texts written for this."""

import pytest
from marked import MarkedText, fixtures

from pipeline.redact import redact

ALL = fixtures()


@pytest.mark.parametrize("case", ALL, ids=[f"{number:03}" for number in range(len(ALL))])
def test_exactly_the_marked_passages_are_taken_out(case: MarkedText):
    redaction = redact(case.text, official=case.official)
    assert tuple((span.start, span.end, span.cls) for span in redaction.redactions) == case.spans


def test_the_fixtures_are_many_and_half_of_them_are_traps():
    traps = [case for case in ALL if not case.spans]
    assert len(ALL) >= 400
    assert 0.4 <= len(traps) / len(ALL) <= 0.6
