"""Changes are numbered in the order in which they became visible, on both databases, whoever writes meanwhile."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from letters import DAM, ROAD, candidate, decision

from pipeline.store import Store
from pipeline.store.answered_keys import KeyReused
from pipeline.store.changes import SECOND


@pytest.fixture
def office(store: Store) -> Store:
    store.upsert_projects([ROAD, DAM])
    return store


def ids(numbers: range | list[int]) -> list[str]:
    return [candidate(number).id for number in numbers]


def changed(store: Store, after: int = 0) -> list[str]:
    store.number_changes()
    return [change.risk_point_id for change in store.changes_after(after)]


def test_each_risk_point_comes_once_with_its_newest_change_whatever_its_project(office: Store):
    office.replace_candidates("quarry-road", [candidate(1), candidate(2)])
    office.replace_candidates("dam", [candidate(3, project="dam")])
    assert sorted(changed(office)) == ids([1, 2, 3])
    end = office.changes_end()
    assert office.number_changes() == 0 and changed(office, end) == []
    office.add_decision(decision(1, candidate(1).id, "accept"))
    assert changed(office, end) == ids([1])
    assert changed(office)[-1] == candidate(1).id and len(changed(office)) == 3


def test_what_vanished_and_what_was_merged_is_told(office: Store):
    office.replace_candidates("quarry-road", [candidate(1), candidate(2), candidate(3)])
    office.add_decision(decision(1, candidate(1).id, "merge", merge_into=candidate(2).id))
    end = changed(office) and office.changes_end()
    office.replace_candidates("quarry-road", [candidate(1), candidate(2)])
    office.number_changes()
    [gone] = office.changes_after(end)
    assert (gone.risk_point_id, gone.presence) == (candidate(3).id, "removed")
    [merged] = [change for change in office.changes_after(0) if change.state == "merged"]
    assert office.merged_into(merged.risk_point_id) == candidate(2).id


def test_a_project_that_moves_to_another_stage_has_its_risk_points_told_anew(office: Store):
    office.replace_candidates("quarry-road", [candidate(1)])
    office.replace_candidates("dam", [candidate(3, project="dam")])
    end = changed(office) and office.changes_end()
    office.upsert_projects([ROAD.model_copy(update={"stage": "post_assessment"})])
    assert changed(office, end) == ids([1])


def test_what_changed_between_numbering_and_reading_comes_once_under_its_next_number(office: Store):
    office.replace_candidates("quarry-road", [candidate(1), candidate(2)])
    office.number_changes()
    picked = office.changes_after(0)
    office.add_decision(decision(1, candidate(1).id, "accept"))
    assert set(office.changed_points(picked)) == {candidate(2).id}
    assert [change.risk_point_id for change in office.changes_after(0)] == ids([2])
    assert changed(office) == ids([2, 1])


def test_a_reader_loses_nothing_and_hears_nothing_twice_while_transactions_overlap(office: Store):
    """Writers of two projects hold their transactions open for different times: they commit in another order than
    they wrote in. Each risk point changes once; the reader must see each exactly once."""
    numbers = list(range(1, 25))
    for project, some in (("quarry-road", numbers[::2]), ("dam", numbers[1::2])):
        office.replace_candidates(project, [candidate(n, project=project) for n in some])
    office.number_changes()
    after = office.changes_end()
    barrier = threading.Barrier(4)

    def write(part: int) -> None:
        barrier.wait()
        for number in numbers[part::4]:
            with office.transaction():
                office.add_decision(decision(number, candidate(number).id, "accept"))
                threading.Event().wait(0.002 * (part + 1))

    writers = [threading.Thread(target=write, args=(part,)) for part in range(4)]
    for writer in writers:
        writer.start()
    seen: list[tuple[int, str]] = []
    over = False
    while not over:
        over = not any(writer.is_alive() for writer in writers)
        office.number_changes()
        for change in office.changes_after(after, 3):
            seen.append((change.sequence, change.risk_point_id))
            after, over = change.sequence, False
    assert all(one < next_one for (one, _), (next_one, _) in pairwise(seen))
    assert sorted(name for _, name in seen) == ids(numbers)


def test_readers_at_once_number_every_change_once(office: Store):
    office.replace_candidates("quarry-road", [candidate(number) for number in range(1, 30)])
    readers = [threading.Thread(target=office.number_changes) for _ in range(6)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    numbered = [change.sequence for change in office.changes_after(0)]
    assert len(set(numbered)) == 29 and numbered == sorted(numbered)


def test_numbers_tell_nothing_of_changes_between_them_that_are_not_shown(office: Store):
    """P-06, P-14: whoever sees two changes and not a third cannot tell from their numbers that there was one."""
    office.replace_candidates("quarry-road", [candidate(number) for number in range(1, 30)])
    office.number_changes()
    numbered = [change.sequence for change in office.changes_after(0)]
    second = int(office.clock().timestamp())
    assert all(second - 60 <= number // SECOND <= second + 1 and number < 2**53 for number in numbered)
    assert min(b - a for a, b in pairwise(numbered)) != max(b - a for a, b in pairwise(numbered))


def test_a_key_has_one_effect_from_however_many_threads(office: Store):
    effects: list[str] = []
    answers: list[tuple[str, bool]] = []

    def make() -> str:
        effects.append("made")
        return f"record-{len(effects)}"

    def ask() -> None:
        answers.append(office.answer_once("platform", "k", "hash", make))

    askers = [threading.Thread(target=ask) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert effects == ["made"] and sorted(answers) == [("record-1", False)] * 5 + [("record-1", True)]
    assert office.answer_once("other", "k", "another", make) == ("record-2", True)
    with pytest.raises(KeyReused, match="E660"):
        office.answer_once("platform", "k", "another", make)


def test_a_key_whose_request_failed_stays_free(office: Store):
    def fail() -> str:
        raise ValueError("cannot be recorded")

    with pytest.raises(ValueError, match="cannot be recorded"):
        office.answer_once("platform", "k", "hash", fail)
    assert office.answer_once("platform", "k", "hash", lambda: "record") == ("record", True)
