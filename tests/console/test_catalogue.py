"""Every Chinese text of the console has its English one, and what is read at run time is what was written."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.mofile import read_mo

from api.console.catalogue import CATALOGUE, asked, compiled, stored
from api.console.i18n import COMPILED, spoken, translations

VALUES = re.compile(r"%\((\w+)\)s")


def english() -> dict[str, str]:
    return {str(one.id): str(one.string) for one in stored() if one.id}


def test_every_text_is_in_the_catalogue_and_nothing_else():
    texts = {str(one.id) for one in asked() if one.id}
    assert texts - set(english()) == set(), "run: python -m api.console.catalogue extract"
    assert set(english()) - texts == set(), "run: python -m api.console.catalogue extract"


def test_every_text_has_an_english_one_with_the_same_values():
    for chinese, translated in english().items():
        assert translated, f"no English for: {chinese}"
        assert set(VALUES.findall(chinese)) == set(VALUES.findall(translated)), chinese
        assert not re.search(r"[\u4e00-\u9fff]", translated), f"Chinese in the English of: {chinese}"


def test_what_is_read_at_run_time_is_what_was_written(tmp_path: Path):
    fresh = tmp_path / "console.mo"
    fresh.write_bytes(compiled())
    with fresh.open("rb") as now, COMPILED.open("rb") as there:
        wanted, found = ({m.id: m.string for m in read_mo(file) if m.id} for file in (now, there))
    assert wanted == found, "run: python -m api.console.catalogue compile"


def test_a_text_is_spoken_in_both_languages():
    assert isinstance(translations("en"), GNUTranslations)
    assert spoken("zh", "近 %(n)s 天", n=14) == "近 14 天"
    assert spoken("en", "近 %(n)s 天", n=14) == "Last 14 days"
    assert CATALOGUE.suffix == ".po"
