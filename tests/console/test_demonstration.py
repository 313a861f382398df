"""What the demonstration hands out: a link for each role, new ones each time, and an alert to look at."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from consoles import PLANT, ROLES, Console, Page, Visitor

from examples.build import entries
from examples.people import PEOPLE, invited


def test_each_role_gets_a_link_that_opens_and_a_second_run_gives_new_ones(demo_as_it_was: Path, tmp_path: Path):
    home = shutil.copytree(demo_as_it_was, tmp_path / "home")
    (home / "minyi.toml").write_text("k_anonymity = 3\n", "utf-8")
    before, now = invited(home), invited(home)
    assert [person.role for person in PEOPLE] == list(ROLES) and len(set(before + now)) == 2 * len(ROLES)
    console = Console(home)
    for person, old, new in zip(PEOPLE, before, now, strict=True):
        assert Page(console.get(urlsplit(old).path)).status == 410, "a new link ends the one before"
        assert person.display_name in console.page(urlsplit(new).path).text
    path = urlsplit(now[0]).path
    visitor = Visitor(console.app)
    visitor.submit(path, path, password="河滩上的芦苇今年开花早了", again="河滩上的芦苇今年开花早了")
    assert visitor.page("/tour").select("main ol a")
    console.office.close()


def test_one_night_of_calls_stands_out_among_the_examples():
    calls = [one for one in entries("hotline") if one["expect"]["project"] == "W"]
    nights = Counter(one["time"][:10] for one in calls)
    [(day, most), (_, next_most)] = nights.most_common(2)
    assert (day, most >= 12, next_most) == ("2026-09-22", True, 2), "the rise of the demonstration"
    assert PLANT == "luting-waste-to-energy"
    callers = [one["user_id"] for one in calls if one["time"] >= "2026-09-22"]
    assert len(callers) == len(set(callers)) == 14, "each of another voice"
