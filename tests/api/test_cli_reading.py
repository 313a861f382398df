"""``minyi search`` and ``minyi risk-points``: what a reader is shown, and what he must say before."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from county import ACCUSED, COMPENSATION, DUST, CountyOffice, counted, what_people_say
from opinions import opinion
from terminal import PURPOSE

from api.cli.main import cli


def minyi(county: CountyOffice, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--home", str(county.office.settings.home)], catch_exceptions=False)


def found(county: CountyOffice, *arguments: str) -> dict:
    run = minyi(county, "search", *arguments, "--project", "quarry-road", *PURPOSE, "--json")
    assert run.exit_code == 0, run.stderr
    return json.loads(run.stdout)


def number_found(county: CountyOffice, *arguments: str) -> int:
    """How many texts are listed; the total says the same, as far as it and what it leaves out may be counted."""
    page = found(county, *arguments)
    of = len(what_people_say()) - 1
    assert page["total"] == counted(len(page["hits"]), of=of) and not page["next_cursor"]
    return len(page["hits"])


def test_all_words_are_needed_and_phrases_stand_exactly(county: CountyOffice):
    assert number_found(county, "补偿标准") == 6
    assert number_found(county, "补偿标准", "柳湾村") == 3
    assert number_found(county, "粉尘", "补偿标准") == 0
    assert number_found(county, '"粉尘落了一院子"') == 2
    assert number_found(county, '"落粉尘了一院子"') == 0


def test_without_words_everything_about_the_project_is_found_but_what_is_sealed(county: CountyOffice):
    everything = found(county)
    assert number_found(county) == len(what_people_say()) - 1
    assert ACCUSED not in json.dumps(everything, ensure_ascii=False)


def test_highlights_are_the_words_that_were_asked_for(county: CountyOffice):
    for hit in found(county, "粉尘")["hits"]:
        assert [hit["text"][start:end] for start, end in hit["highlights"]] == ["粉尘"]


def test_filters_of_one_field_are_alternatives_and_fields_narrow_each_other(county: CountyOffice):
    dust, compensation = ("--filter", f"factor={DUST}"), ("--filter", f"factor={COMPENSATION}")
    assert number_found(county, *dust) == 2
    assert number_found(county, *dust, *compensation) == 8
    assert number_found(county, *dust, "--filter", "attitude=positive") == 0
    assert number_found(county, "--filter", "attitude=positive", "--filter", "genre=petition") == 1


@pytest.mark.parametrize("order, reverse", [("newest", True), ("oldest", False)])
def test_hits_come_in_the_order_of_time(county: CountyOffice, order: str, reverse: bool):
    times = [hit["published_at"] for hit in found(county, "--sort", order)["hits"]]
    assert len(set(times)) > 3 and times == sorted(times, reverse=reverse)


def test_pages_follow_each_other_without_gap_or_repetition(county: CountyOffice):
    whole = [hit["id"] for hit in found(county, "--sort", "oldest")["hits"]]
    paged: list[str] = []
    after: tuple[str, ...] = ()
    while True:
        page = found(county, "--sort", "oldest", "--size", "4", *after)
        paged += [hit["id"] for hit in page["hits"]]
        if not page["next_cursor"]:
            break
        after = ("--after", page["next_cursor"])
    assert paged == whole and len(set(paged)) == len(whole) == 9


def test_a_terminal_shows_the_passage_and_how_to_go_on(county: CountyOffice):
    shown = minyi(county, "search", "补偿标准", "--project", "quarry-road", *PURPOSE, "--size", "2").stdout
    assert "≥5 found" in shown and "补偿标准" in shown and "More: --after " in shown and "2026-03-0" in shown


def test_a_text_with_brackets_is_shown_as_it_stands(county: CountyOffice):
    for number in range(5):
        county.hear(opinion(f"[/怒][bold]水渠断了{number}次，浇不上水，第{number}组的秧苗全干死了。", (DUST, "[/怒][bold]水渠断了", 0.9), number=number, day=11))  # fmt: skip
    assert "[/怒][bold]水渠断了" in minyi(county, "search", "水渠", "--project", "quarry-road", *PURPOSE).stdout
    point = county.point(DUST)
    shown = minyi(county, "risk-points", "quarry-road", *PURPOSE, "--evidence", point)
    assert "[/怒][bold]水渠断了" in shown.stdout
    assert minyi(county, "risk-points", "quarry-road", *PURPOSE).exit_code == 0


@pytest.mark.parametrize(
    "arguments, code, told",
    [
        (("search", "路", "--project", "quarry-road"), 1, "assessor may act for: expert_review, post_assessment, risk_ide"),
        (("search", "路", "--project", "quarry-road", "--purpose", "curiosity"), 1, "E301"),
        (("search", "路", "--project", "nowhere", *PURPOSE), 1, "no project nowhere; see: minyi projects list"),
        (("search", '"路', "--project", "quarry-road", *PURPOSE), 1, "at character 1"),
        (("search", "author:甲", "--project", "quarry-road", *PURPOSE), 1, "P-05"),
        (("search", "路", "--project", "quarry-road", *PURPOSE, "--after", "x"), 1, "start again from the first page"),
        (("search", "路", "--project", "quarry-road", *PURPOSE, "--filter", "genre=letter"), 2, "known: comment, news"),
        (("search", "路", "--project", "quarry-road", *PURPOSE, "--filter", "author=甲"), 2, "expected one of source_kind"),
        (("search", "路", "--project", "quarry-road", *PURPOSE, "--role", "boss"), 2, "roles: assessor"),
        (("search", "路", *PURPOSE), 2, "--project"),
        (("risk-points", "quarry-road"), 1, "E301"),
        (("risk-points", "nowhere", *PURPOSE), 1, "E311"),
        (("risk-points", "quarry-road", *PURPOSE, "--evidence", "r0"), 1, "no risk point r0"),
        (("risk-points", "quarry-road", *PURPOSE, "--updated-since", "yesterday"), 1, "use next_cursor"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_in_words(county: CountyOffice, arguments: tuple, code: int, told: str):
    run = minyi(county, *arguments)
    assert run.exit_code == code and told in run.stderr and run.stdout == ""


def test_the_table_shows_factor_quote_voices_and_the_id_to_open(county: CountyOffice):
    shown = minyi(county, "risk-points", "quarry-road", *PURPOSE).stdout
    assert county.road.name_zh in shown and county.point(COMPENSATION) in shown
    assert "独立文本 6" in shown and "封存" not in shown and "青苗费" not in shown
    assert "反向证据" in shown and "未听到" in shown and "新闻" in shown


def test_json_has_every_card_and_the_cursor_of_what_changes_next(county: CountyOffice):
    answer = json.loads(minyi(county, "risk-points", "quarry-road", *PURPOSE, "--json").stdout)
    assert {card["factor"] for card in answer["rows"]} == {COMPENSATION, DUST}
    again = ("risk-points", "quarry-road", *PURPOSE, "--json", "--updated-since", answer["next_cursor"])
    assert json.loads(minyi(county, *again).stdout)["rows"] == []
    county.hear(opinion("运石料的车又从上井村过，粉尘落满菜地，菜都没法吃。", (DUST, "粉尘", 0.9), number=7, day=12))
    assert DUST in {card["factor"] for card in json.loads(minyi(county, *again).stdout)["rows"]}


def test_evidence_opens_each_passage_in_its_surroundings(county: CountyOffice):
    command = ("risk-points", "quarry-road", *PURPOSE, "--evidence", county.point(DUST))
    passages = json.loads(minyi(county, *command, "--json").stdout)
    assert [passage["text"] for passage in passages if passage["kind"] == "for"] == ["粉尘", "粉尘"]
    assert all(passage["after"].startswith("落了一院子") for passage in passages if passage["kind"] == "for")
    assert "粉尘落了一院子" in minyi(county, *command).stdout


def test_evidence_of_another_project_is_not_opened(county: CountyOffice):
    run = minyi(county, "risk-points", "dam", *PURPOSE, "--evidence", county.point(DUST))
    assert run.exit_code == 1 and "in project dam" in run.stderr and run.stdout == ""


def test_the_list_of_projects_counts_the_texts_about_each_but_no_sealed_one(county: CountyOffice):
    rows = json.loads(minyi(county, "projects", "list", *PURPOSE, "--json").stdout)
    assert {row["id"]: row["documents"] for row in rows} == {
        "quarry-road": counted(len(what_people_say()) - 1), "dam": counted(0)
    }  # fmt: skip
    shown = minyi(county, "projects", "list", *PURPOSE)
    assert "quarry-road" in shown.stdout and minyi(county, "projects", "list").exit_code == 1
