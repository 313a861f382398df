"""Signing in and out of the console."""

from __future__ import annotations

from consoles import Console


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_page(console: Console):
    answer = console.get("/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/account")
