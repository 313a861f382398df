"""Whatever the order and the portions in which texts arrive, and however often they are read, the candidates are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mailbag import PROJECTS, candidates, deliver, letters, office_with_keys_of
from offices import TestOffice, office_in

from pipeline.propose import PROPOSED_THROUGH, propose
from pipeline.raw import RawItem
from pipeline.records import Analysis


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestOffice]:
    """The office that was given the whole mailbag at once; the others are held against it."""
    with office_in(tmp_path_factory.mktemp("heard") / "office", *PROJECTS) as office:
        deliver(office, [letters()])
        yield office


def receive_as_read(office: TestOffice, items: Sequence[RawItem], read: dict[str, Analysis]) -> None:
    """Takes items in and gives each new text the analysis that it always gets: it follows from the text alone."""
    office.receive(items)
    received = {document.id for document in office.documents()} - set(office.store.current_analyses(read))
    office.store.complete_analyses(read[key] for key in sorted(received))
    propose(office.store)


@st.composite
def arrivals(draw: st.DrawFn) -> list[list[RawItem]]:
    """The mailbag in any order, in up to five portions, some items more than once."""
    everything = letters()
    order = draw(st.permutations(range(len(everything))))
    again = draw(st.lists(st.sampled_from(order), max_size=5))
    cuts = sorted(draw(st.lists(st.integers(1, len(order) - 1), max_size=4, unique=True)))
    portions = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    return [[everything[number] for number in portion] for portion in [*portions, again] if portion]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(portions=arrivals())
def test_in_any_order_and_any_portions_the_candidates_are_the_same_bytes(
    portions: list[list[RawItem]], heard: TestOffice, tmp_path_factory: pytest.TempPathFactory
) -> None:
    read = heard.store.current_analyses(document.id for document in heard.documents())
    with office_with_keys_of(heard.settings.keys_folder, tmp_path_factory.mktemp("order") / "office") as office:
        for portion in portions:
            receive_as_read(office, portion, read)
        assert candidates(office) == candidates(heard)
        assert {d.id: d.origin_id for d in office.documents()} == {d.id: d.origin_id for d in heard.documents()}


def test_the_mailbag_has_what_could_make_a_difference(heard: TestOffice) -> None:
    """Several projects, one text about both, copies, a repost, an answer, an accusation and a text without a date."""
    cards = [row.candidate for p in heard.store.projects() for row in heard.store.risk_points(p.id).rows]
    assert {card.project_id for card in cards if card} == {"quarry-road", "egret-sluice"}
    assert any(card and card.residues for card in cards) and any(card and card.sealed for card in cards)
    assert any(card and card.counter_evidence for card in cards)
    assert max(card.counts.documents - card.counts.origins for card in cards if card) >= 2
    about = [len(a.links) for a in heard.store.current_analyses(d.id for d in heard.documents()).values()]
    assert 2 in about and len({d.source_kind for d in heard.documents()}) == 2
    assert any(document.published_at is None for document in heard.documents())


def test_read_by_the_work_in_portions_from_the_last_to_the_first_they_are_the_same_bytes(
    heard: TestOffice, tmp_path: Path
) -> None:
    """With the models themselves: what a text shares a batch with changes nothing of what is read in it."""
    last_first = letters()[::-1]
    with office_with_keys_of(heard.settings.keys_folder, tmp_path / "office") as office:
        deliver(office, [last_first[:4], last_first[4:9], last_first[9:], last_first[:3]])
        assert candidates(office) == candidates(heard)


def test_proposing_and_working_again_touches_nothing(heard: TestOffice) -> None:
    heard.store.number_changes()
    before, end = candidates(heard), heard.store.changes_end()
    heard.store.set_fact(PROPOSED_THROUGH, "0")
    assert heard.work().analysed == 0
    assert (candidates(heard), heard.store.number_changes(), heard.store.changes_end()) == (before, 0, end)
