"""P-16: nothing that is printed proposes to take down, to block or to control anybody; and it names units, no citizen."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from alerting import NOW, burst, looked, quiet, say
from county import ACCUSED, CountyOffice

import api
from api.bulletin import Bulletin, Week, bulletin_of, words
from api.bulletin.docx import docx
from api.bulletin.html import html
from api.policy.wording import CONTROL_WORDS, ControlWording, without_control
from models.taxonomy import taxonomy

WEEK = Week.before(NOW + timedelta(days=7))
ABOUT_SUCH_WORDS = {"api/policy/wording.py"}
"""Where the words stand because they are looked for."""


def bulletin(county: CountyOffice) -> Bulletin:
    """The bulletin of the week in which complaints rose."""
    say(county, [*quiet(), *burst()])
    looked(county)
    county.store.clock = lambda: NOW + timedelta(days=7)
    return bulletin_of(county.store, [county.road, county.dam], WEEK, None, 5)


def printed(told: Bulletin) -> dict[str, str]:
    """All that can be read in a bulletin, by form."""
    page = unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html(told), flags=re.DOTALL))
    with zipfile.ZipFile(io.BytesIO(docx(told))) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")]
    return {"html": page, "docx": "".join(re.sub(r"<[^>]+>", " ", text) for text in texts)}


def test_a_bulletin_proposes_no_control_and_carries_no_text_of_anybody(county: CountyOffice):
    told = bulletin(county)
    assert told.projects[0].incidents or told.projects[1].incidents
    bodies = [document.body for document in county.store.all_documents()]
    for form, text in printed(told).items():
        assert not [word for word in CONTROL_WORDS if word in text], form
        assert "核实" in text and "沉默不等于同意" in text
        assert ACCUSED not in text
        assert not [body for body in bodies if any(str(body)[n : n + 12] in text for n in range(0, len(body) - 12, 6))]


@pytest.mark.parametrize("word", CONTROL_WORDS)
def test_what_proposes_control_is_not_printed(county: CountyOffice, word: str):
    with pytest.raises(ControlWording, match="E833"):
        without_control(f"建议{word}。")


def test_a_project_whose_name_proposes_control_is_not_printed(county: CountyOffice):
    named = county.road.model_copy(update={"name_zh": "青石坳稳控工程"})
    county.store.clock = lambda: NOW + timedelta(days=7)
    told = bulletin_of(county.store, [named], WEEK, None, 5)
    for write in (html, docx):
        with pytest.raises(ControlWording, match="E833"):
            write(told)


def test_no_word_of_ours_proposes_control():
    folder = Path(api.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        if f"api/{path.relative_to(folder)}" not in ABOUT_SUCH_WORDS:
            source = path.read_text("utf-8")
            assert not [word for word in CONTROL_WORDS if word in source], path


def test_no_name_of_a_factor_or_unit_proposes_control():
    names = [factor.name_zh for factor in taxonomy().factors.values()]
    names += [unit.name_zh for unit in taxonomy().units.values()] + [cue.name_zh for cue in taxonomy().cues.values()]
    assert not [name for name in names for word in CONTROL_WORDS if word in name]


def test_the_vocabulary_of_responses_is_the_allowed_one():
    assert set(re.split("[、。：]", words.VOCABULARY)) >= {"核实", "公开", "解释", "整改", "补偿", "协商", "听取意见"}
