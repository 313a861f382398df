"""The look: readable in both themes, made of known tokens, nothing from another host, nothing inline."""

from __future__ import annotations

import re

import pytest

from api.charts.style import COLOURS
from api.console.environment import STATIC, TEMPLATES

TOKENS = (STATIC / "tokens.css").read_text("utf-8")
SHEETS = [*STATIC.glob("*.css"), *STATIC.glob("pages/*.css")]
SURFACES = ("paper", "ground", "paper-2")
WORDS = {
    **dict.fromkeys(("ink", "ink-2", "accent", "accent-strong", "alert", "ok", "warn", "seal"), SURFACES),
    **{f"level-{level}": (f"level-{level}-soft",) for level in ("blue", "yellow", "orange", "red")},
    **{f"{tone} ": (f"{tone}-soft",) for tone in ("ok", "warn", "alert", "info", "quiet")},
    "accent-strong ": ("accent-soft",),
    "on-accent": ("accent", "accent-strong"),
    "ink ": (
        "accent-soft", "info-soft", "ok-soft", "warn-soft", "alert-soft", "hl-for", "hl-against", "hl-place",
        "hl-organisation", "hl-number", "hl-date", "hl-cue", "hl-found", "chart-bound",
    ),
    "ink-2 ": ("hl-redacted",),
    "chart-ink": ("paper", "ground", "chart-band"),
}  # fmt: skip
SHAPES = {
    "line-strong": ("paper", "paper-2"), "focus": ("paper", "ground"), "chart-main": ("paper", "ground"),
    "chart-second": ("paper", "ground"), "chart-third": ("paper", "ground"), "for": ("paper",), "against": ("paper",),
}  # fmt: skip


def declared(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", css))


def blocks() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    light, system, chosen = re.split(r"@media screen[^{]*\{", TOKENS)
    return declared(light), declared(system), declared(chosen)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_and_shapes_stand_out_from_what_is_behind_them(theme: str):
    light, dark, _ = blocks()
    known = light if theme == "light" else light | dark
    for pairs, least in ((WORDS, 4.5), (SHAPES, 3.0)):
        for front, behind in pairs.items():
            for surface in behind:
                found = contrast(known[front.strip()], known[surface])
                assert found >= least, f"{theme}: {front} on {surface} is {found:.2f}, not {least}"


def test_a_chosen_dark_look_is_the_dark_look_of_the_system():
    light, system, chosen = blocks()
    assert system == chosen
    assert set(system) <= set(light)


def test_style_sheets_use_tokens_that_exist_and_load_nothing():
    known = set(re.findall(r"--([\w-]+):", TOKENS))
    for sheet in SHEETS:
        css = sheet.read_text("utf-8")
        assert set(re.findall(r"var\(--([\w-]+)", css)) <= known, sheet.name
        assert not re.search(r"@import|url\(|https?:", css), sheet.name
        assert sheet.name == "tokens.css" or not re.search(r"#[0-9a-f]{6}\b", css), f"{sheet.name}: a colour of its own"


def test_every_colour_of_a_chart_has_its_look():
    css = (STATIC / "components.css").read_text("utf-8")
    light, _, _ = blocks()
    for part, colour in COLOURS.items():
        assert light[f"chart-{part}"] == colour, part
        assert f'[data-fill="{part}"]' in css or f'[data-stroke="{part}"]' in css, part


def test_templates_keep_to_the_content_security_policy():
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|hx-on|hx-vals='?js", text), template.name
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), template.name
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text), template.name


def test_a_page_weighs_little():
    files = ["tokens.css", "base.css", "components.css", "console.js", "vendor/htmx.min.js", "icons.svg", "favicon.svg"]
    assert sum((STATIC / name).stat().st_size for name in files) < 130_000


def test_htmx_comes_with_its_licence():
    assert "Zero-Clause BSD" in (STATIC / "vendor" / "htmx.LICENSE.txt").read_text("utf-8")
