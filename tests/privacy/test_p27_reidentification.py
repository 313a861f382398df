"""P-27: with every report that leaves and the whole public web, an adversary finds one of twenty authors at most.

What is scripted here is the checklist of a release (docs/PRIVACY.md, "Who looks for authors").
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from county import CountyOffice
from surfaces import accept, files

from tests.privacy.adversary import Post, crowd, heard, named, traced

AUTHORS = 240
LOOKED_FOR = 20
GATE = 1
MATERIAL = ("bundle ",)
"""No reports: the proof of a candidate, for assessors and supervisors who work on the texts."""


@pytest.fixture(scope="module")
def posts() -> list[Post]:
    return crowd(AUTHORS)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory, posts: list[Post]) -> Iterator[dict[str, str]]:
    """Everything that left an office which heard the crowd."""
    county = CountyOffice(tmp_path_factory.mktemp("crowd") / "home")
    county.hear(*heard(posts))
    accept(county)
    yield files(county)
    county.office.close()


def test_the_adversary_knows_how_to_find_somebody(posts: list[Post]) -> None:
    one = next(post for post in posts if sum(post.words in other.text for other in posts) == 1)
    assert traced(f"“{one.words}……”", posts) == {one.author}
    assert named(f"网友{one.author}说", posts) == named(one.address, posts) == {one.author}


def test_twenty_authors_are_looked_for_and_one_is_found_at_most(left: dict[str, str], posts: list[Post]) -> None:
    reports = "\n".join(text for name, text in left.items() if not name.startswith(MATERIAL))
    assert len(reports) > 5000
    found = named(reports, posts) | traced(reports, posts)
    wanted = {post.author for post in Random(20).sample(posts, LOOKED_FOR)}
    assert len(found & wanted) <= GATE
    assert len(found) <= AUTHORS * GATE / LOOKED_FOR, sorted(found)


def test_no_name_account_or_address_leaves_in_any_file_even_as_material(
    left: dict[str, str], posts: list[Post]
) -> None:
    assert {name: found for name, text in left.items() if (found := named(text, posts))} == {}
