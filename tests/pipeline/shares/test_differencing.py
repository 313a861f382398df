"""Nobody who collects numbers can tell the texts of few people by setting one off against another."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.shares import Month, admitted

K = 5
EVERYBODY = tuple(f"d{number:024x}" for number in range(40))


def few(documents: frozenset[str]) -> bool:
    """Everyone wrote one text."""
    return len(documents) < K


def some(*numbers: int) -> frozenset[str]:
    return frozenset(EVERYBODY[number] for number in numbers)


def first(count: int) -> frozenset[str]:
    return frozenset(EVERYBODY[:count])


def told(held: list[frozenset[str]], *asked: frozenset[str], k: int = K) -> list[bool]:
    return admitted(held, asked, few, k)


@pytest.mark.parametrize("apart", [1, 2, 3, 4])
def test_two_questions_that_differ_by_few_texts_are_not_both_answered(apart: int):
    assert told([first(20)], first(20 + apart)) == [False]
    assert told([first(20 + apart)], first(20)) == [False]
    assert told([], first(20), first(20 + apart)) == [True, False]


def test_two_questions_that_differ_by_k_texts_are():
    assert told([first(20)], first(25)) == [True]


def test_one_text_in_place_of_another_gives_neither_away():
    """Twenty before and twenty after: nobody can tell that one came and one went."""
    assert told([first(20)], first(21) - some(0)) == [True]


def test_a_chain_of_questions_is_no_way_around():
    """17 and 22 differ by five, 22 and 27 too; 26 would leave one between."""
    assert told([first(17), first(22), first(27)], first(26)) == [False]


def test_parts_that_leave_few_of_the_whole_are_not_all_told():
    whole, petitions, posts = first(33), first(20), frozenset(EVERYBODY[20:30])
    assert told([], whole, petitions, posts) == [True, True, False]
    assert told([petitions, posts], whole) == [False]


def test_inclusion_and_exclusion_tell_what_two_have_in_common():
    """20 of dust, 18 of noise, 35 of either: three of both."""
    dust, noise = first(20), frozenset(EVERYBODY[17:35])
    assert told([], dust | noise, dust, noise) == [True, True, False]


def test_what_is_held_may_be_told_again_even_when_it_gives_something_away():
    held = [first(20), first(21)]
    assert told(held, first(20), first(21), first(22)) == [True, True, False]


def test_nothing_is_nobodys_secret():
    assert told([first(20)], frozenset()) == [True]


def test_the_range_that_is_left_is_not_narrower_than_that_of_a_hidden_cell():
    """Of 6 and 6 in 9 at least three are in both, which are four: told together they would say three or four."""
    whole, one, other = first(9), first(6), frozenset(EVERYBODY[2:9])
    assert told([], whole, one, other)[0] and not all(told([], whole, one, other))


@st.composite
def questions(draw: st.DrawFn) -> list[frozenset[str]]:
    """Up to six numbers over twenty texts."""
    texts = st.frozensets(st.integers(0, 19), min_size=K, max_size=20)
    return [some(*numbers) for numbers in draw(st.lists(texts, min_size=1, max_size=6))]


@settings(max_examples=25, deadline=None)
@given(questions(), st.integers(0, 3))
def test_no_sum_or_difference_of_the_told_numbers_is_that_of_few(asked: list[frozenset[str]], before: int):
    """An attacker adds and subtracts up to four numbers; what comes out never counts one to four texts once each."""
    held = [one for one, yes in zip(asked[:before], told([], *asked[:before]), strict=True) if yes]
    answers = told(held, *asked[before:])
    known = list(dict.fromkeys([*held, *(one for one, yes in zip(asked[before:], answers, strict=True) if yes)]))
    rows = np.array([[one in numbers for one in EVERYBODY] for numbers in known], int).reshape(len(known), 40)
    for size in range(1, min(4, len(known)) + 1):
        for chosen in combinations(range(len(known)), size):
            for signs in np.ndindex(*(2,) * size):
                result = sum((1 if sign else -1) * rows[at] for sign, at in zip(signs, chosen, strict=True))
                if set(result.tolist()) == {0, 1}:
                    assert result.sum() >= K, (known, chosen, signs)


@settings(max_examples=20, deadline=None)
@given(questions())
def test_what_was_told_once_is_told_again(asked: list[frozenset[str]]):
    answers = told([], *asked)
    held = [one for one, yes in zip(asked, answers, strict=True) if yes]
    assert told(held, *asked) == answers


def test_one_person_with_many_texts_is_one_voice():
    """Twelve texts of one person lie between the two numbers."""
    one_voice = frozenset(EVERYBODY[20:32])
    answers = admitted([first(20)], [first(32)], lambda d: len(d - one_voice) + bool(d & one_voice) < K, K)
    assert answers == [False]


def test_when_too_much_was_given_only_what_leaves_no_few_is_told():
    many = [some(*numbers) for numbers in list(combinations(range(9), 6))[:84]]
    many += [some(*numbers) for numbers in list(combinations(range(20, 31), 7))[:230]]
    assert len(many) > 300
    assert told(many, frozenset(EVERYBODY[31:36]), frozenset(EVERYBODY[31:37])) == [True, False]


def test_months_are_those_of_beijing():
    december = Month.named("2026-12")
    assert (december.begin.isoformat(), december.end.isoformat()) == (
        "2026-12-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00",
    )  # fmt: skip
    assert Month.of(december.end).name == "2027-01"
    for wrong in ("2026-13", "2026-1", "month"):
        with pytest.raises(ValueError, match="E688"):
            Month.named(wrong)
