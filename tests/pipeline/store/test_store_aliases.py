"""Proposed names: decided by people, kept against registry files, and gone with the texts that say them."""

from __future__ import annotations

import pytest
from letters import DAM, ROAD, petition

from pipeline.redact import redact
from pipeline.store import Passage, ProposedAlias, Store, StoreConflict, UnknownRecord

REASON = redact("走访证实").text


def proposal(store: Store, name: str = "黑灰厂", numbers: tuple[int, ...] = (1, 2)) -> ProposedAlias:
    texts = [petition(number, body=f"{name}又冒烟了，第{number}次。") for number in numbers]
    store.add_documents(texts)
    passages = (
        Passage(one.id, one.text.index(name), one.text.index(name) + len(name), one.content_hash) for one in texts
    )
    return ProposedAlias(redact(name).text, 9.0, 0, tuple(passages))


@pytest.fixture
def road(store: Store) -> Store:
    store.upsert_projects([ROAD, DAM])
    store.replace_aliases(ROAD.id, [proposal(store)])
    return store


def test_an_accepted_name_belongs_to_the_entry_whatever_a_file_says(road: Store):
    [one] = road.aliases_of(ROAD.id)
    for _ in range(2):
        decided = road.decide_alias(ROAD.id, one.id, action="accept", by="评估员甲", reason=REASON)
    assert decided.state == "accepted" and [each.who for each in decided.decisions] == ["评估员甲"]
    assert road.project(ROAD.id).aliases == ("黑灰厂",)
    assert road.upsert_projects([ROAD]).unchanged == (ROAD.id,)
    assert road.project(DAM.id).aliases == ()


def test_a_withdrawn_name_leaves_the_entry_and_can_come_back(road: Store):
    [one] = road.aliases_of(ROAD.id)
    for action, names in (("accept", ("黑灰厂",)), ("withdraw", ()), ("accept", ("黑灰厂",))):
        road.decide_alias(ROAD.id, one.id, action=action, by="评估员甲", reason=REASON)
        assert road.project(ROAD.id).aliases == names
    [one] = road.aliases_of(ROAD.id)
    assert [each.action for each in one.decisions] == ["accept", "withdraw", "accept"]


def test_a_rejected_name_is_never_proposed_again(road: Store):
    [one] = road.aliases_of(ROAD.id)
    road.decide_alias(ROAD.id, one.id, action="reject", by="评估员甲", reason=REASON)
    assert road.replace_aliases(ROAD.id, [proposal(road, numbers=(3, 4, 5))]) == 0
    [one] = road.aliases_of(ROAD.id)
    assert one.state == "rejected"
    with pytest.raises(StoreConflict, match=r"E152.*rejected"):
        road.decide_alias(ROAD.id, one.id, action="accept", by="评估员乙", reason=REASON)


def test_what_was_not_accepted_cannot_be_withdrawn(road: Store):
    [one] = road.aliases_of(ROAD.id)
    with pytest.raises(StoreConflict, match=r"E152.*proposed"):
        road.decide_alias(ROAD.id, one.id, action="withdraw", by="评估员甲", reason=REASON)
    with pytest.raises(UnknownRecord, match="E151"):
        road.decide_alias(DAM.id, one.id, action="accept", by="评估员甲", reason=REASON)


def test_a_new_look_replaces_what_waits(road: Store):
    assert road.replace_aliases(ROAD.id, [proposal(road, "老鼠洞", (6, 7))]) == 1
    assert [one.alias for one in road.aliases_of(ROAD.id)] == ["老鼠洞"]


def test_withdrawn_texts_take_their_passages_and_at_last_the_proposal(road: Store):
    [one] = road.aliases_of(ROAD.id)
    first, second = one.passages
    road.withdraw_documents([first.document_id])
    [one] = road.aliases_of(ROAD.id)
    assert one.passages == (second,)
    road.withdraw_documents([second.document_id])
    assert road.aliases_of(ROAD.id) == []


def test_a_name_must_be_redacted_text(road: Store):
    with pytest.raises(Exception, match="P-02"):
        road.replace_aliases(ROAD.id, [ProposedAlias("黑灰厂", 1.0, 0, ())])


def test_other_texts_are_those_that_no_link_joins_to_the_project(road: Store):
    texts = dict(road.other_texts(ROAD.id, 10))
    assert len(texts) == 2 and set(texts.values()) == {False}
    assert len(list(road.other_texts(ROAD.id, 1))) == 1
