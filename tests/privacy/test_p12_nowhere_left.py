"""P-12: after one pass a withdrawn text is in nothing that anybody is shown or given, and every number is that of an
office that never had it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from county import COMPENSATION, CountyOffice, what_people_say
from surfaces import accept, given_out

from pipeline.feed import feed
from pipeline.fold import refold_withdrawn
from pipeline.propose import propose
from pipeline.redacted import seal

ROLES = ("assessor", "platform", "discipline_inspection", "commissioning_unit")
SAID = what_people_say()
GONE = {"one of six": SAID[2], "one of two": SAID[6], "in favour": SAID[8], "accusation": SAID[9]}


def office_of(folder: Path, said: list[Any]) -> CountyOffice:
    county = CountyOffice(folder)
    county.hear(*said)
    return county


def one_pass(county: CountyOffice) -> None:
    """What the work does about texts that are gone."""
    refold_withdrawn(county.store)
    feed(county.store, county.office.index)
    county.office.index.close()
    propose(county.store)


def words_of(one: Any) -> list[str]:
    """Runs of characters of a text that no other one has."""
    body, others = str(one.document.body), "".join(str(other.document.body) for other in SAID if other is not one)
    return [body[n : n + 8] for n in range(len(body) - 8) if body[n : n + 8] not in others]


@pytest.mark.parametrize("which", GONE)
def test_whatever_is_asked_for_the_answer_is_that_of_an_office_that_never_had_the_text(tmp_path: Path, which: str):
    gone = GONE[which]
    saw = office_of(tmp_path / "saw", SAID)
    never = office_of(tmp_path / "never", [one for one in SAID if one is not gone])
    words = words_of(gone)
    before = given_out(saw, ROLES)
    if which != "accusation":
        assert any(word in told for told in before.values() for word in words), "nothing showed it before"
    saw.store.withdraw_documents([gone.document.id])
    one_pass(saw)
    for county in (saw, never):
        accept(county, COMPENSATION)
    told, expected = given_out(saw, ROLES), given_out(never, ROLES)
    assert told.keys() == expected.keys()
    assert [name for name in told if told[name] != expected[name]] == []
    for name, text in told.items():
        assert gone.document.id not in text and not [word for word in words if word in text], name
    for county in (saw, never):
        county.office.close()


def test_a_text_that_its_source_shortened_fails_nothing_and_is_in_no_card_before_it_is_read_again(county: CountyOffice):
    """The passages of the cards lie beyond its end now: they are left out."""
    for document in list(county.store.all_documents()):
        county.store.revise_document(document.model_copy(update={"body": seal("另说。")}))
    for name, told in given_out(county, ("assessor", "platform")).items():
        assert not told.startswith("500"), name
    assessor = county.caller("assessor")
    card = assessor.get(f"/v1/risk-points/{county.point(COMPENSATION)}").json()
    assert (card["quotes"], card["title"]) == ([], None)
    assert assessor.get(f"/v1/risk-points/{county.point(COMPENSATION)}/evidence").json()["rows"] == []
