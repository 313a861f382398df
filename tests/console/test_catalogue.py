"""Every Chinese text of the console has its English one, and what is read at run time is what was written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from babel.messages.mofile import read_mo

from api.console.catalogue import CATALOGUE, KEYWORDS, asked, compiled, stored
from api.console.environment import environment
from api.console.i18n import COMPILED, HERE, spoken, translations
from api.console.visit import Visit

VALUES = re.compile(r"%\((\w+)\)s")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WRITTEN_IN_CHINESE = {"conditions.py", "formats.py", "plain.py"}
"""Words of the query language, dates by language, and the page for which nobody's language is known."""


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


def test_a_per_cent_sign_is_written_alike_in_pages_and_modules():
    for language, wanted in (("zh", "90% 区间"), ("en", "90% interval")):
        assert environment(language).from_string('{{ _("90%% 区间") }}').render() == wanted
        assert spoken(language, "90%% 区间") == wanted
        assert Visit.gettext(cast(Visit, SimpleNamespace(language=language)), "90%% 区间") == wanted


def test_every_text_can_be_filled_in():
    for chinese, translated in english().items():
        values = dict.fromkeys(VALUES.findall(chinese), "1")
        assert "%(" not in chinese % values + translated % values


def test_no_chinese_text_of_a_module_misses_the_catalogue():
    missed = [
        (path.name, text)
        for path in sorted(HERE.rglob("*.py"))
        if path.name not in WRITTEN_IN_CHINESE
        for text in _unmarked(ast.parse(path.read_text("utf-8")))
    ]
    texts = {str(one.id) for one in asked() if one.id}
    assert [(name, text) for name, text in missed if text not in texts] == []


def _unmarked(node: ast.AST) -> Iterator[str]:
    """Chinese literals that are neither documentation nor handed to one of the catalogue's functions."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in KEYWORDS:
            return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _unmarked(child)


def test_no_translation_is_a_guess():
    assert [one.id for one in stored() if one.id and one.fuzzy] == []


OTHER_WORDS = {
    "转办": "派单", "回溯": "回测", "来源类型": "来源类别", "来源种类": "来源类别", "渠道": "来源类别",
}  # fmt: skip
"""A word for something that has another one already → that one (docs/CONSOLE.md)."""
MEANT_OTHERWISE = ("反映渠道", "可靠渠道", "订阅渠道")
"""Ways to be heard, to hand something over, to be told: no kinds of source."""
WRITTEN = (HERE, *(HERE.parent / name for name in ("bulletin", "tables", "sharing", "search_export.py")))


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_one_thing_has_one_name(word: str):
    guide = HERE.parents[1] / "docs" / "USER_GUIDE.zh.md"
    files = [one for place in WRITTEN for one in ([place] if place.is_file() else place.rglob("*"))]
    for file in (guide, *files):
        if file.suffix in (".html", ".py", ".md"):
            text = file.read_text("utf-8")
            for phrase in MEANT_OTHERWISE:
                text = text.replace(phrase, "")
            assert word not in text, f"{file.name}: {OTHER_WORDS[word]} instead of {word}"
