"""P-24: empty is told from not searched, groups not heard are named, and nobody is said to agree."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from county import CountyOffice
from letters import MONDAY
from opinions import opinion

from models.taxonomy import taxonomy
from pipeline.store import CrawlWindow

NOISE = "noise_vibration"
STAGE_MOVED = {"stage": "after_assessment", "who": "评估员甲", "reason": "报告编制", "with_open_steps": True}
CONSENT = ("无意见", "没有意见", "无反对", "没有反对", "no opposition", "no negative", "同意率", "支持率")


def coverage(county: CountyOffice, role: str = "assessor") -> dict[str, Any]:
    answer = county.caller(role).get("/v1/projects/quarry-road/coverage")
    assert answer.status_code == 200, answer.text
    return answer.json()


def cell(shown: dict[str, Any], factor: str, kind: str) -> dict[str, Any]:
    [row] = [row for row in shown["rows"] if row["factor"] == factor]
    [found] = [cell for cell in row["cells"] if cell["source_kind"] == kind]
    return found


def column(shown: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = [column for column in shown["searched"] if column["source_kind"] == kind]
    return found


def read(county: CountyOffice, kind: str, *, cut: str | None = None, found: int = 0, days: int = 20) -> None:
    """One window of a source of its own, over the first days of the road."""
    store = county.store
    store.note_source(f"the-{kind}", title="来源", kind=kind, every_minutes=60)
    window = CrawlWindow(
        id=f"the-{kind}:1", source=f"the-{kind}", since=MONDAY, until=MONDAY + timedelta(days=days),
        cut_short=cut, found=found,
    )  # fmt: skip
    with store.transaction():
        store.close_window(window, window.until.isoformat())


def test_what_was_searched_and_is_empty_names_what_was_searched(county: CountyOffice) -> None:
    shown = coverage(county)
    assert cell(shown, NOISE, "petition")["state"] == "searched_empty"
    [window] = column(shown, "petition")["windows"]
    assert (window["source"], window["how"], window["state"]) == ("青石坳信箱", "import", "unknown")
    assert window["since"] < window["until"]


def test_what_was_never_read_is_not_empty(county: CountyOffice) -> None:
    shown = coverage(county)
    for kind in ("hotline", "weibo", "news"):
        assert cell(shown, NOISE, kind) == {
            "stage": "in_assessment", "source_kind": kind, "state": "not_searched", "count": None,
        }  # fmt: skip
        assert column(shown, kind)["texts"] is None


def test_an_outage_alone_is_no_search(county: CountyOffice) -> None:
    read(county, "weibo", cut="outage")
    shown = coverage(county)
    assert column(shown, "weibo")["state"] == "not_searched"
    assert [(w["state"], w["why"]) for w in column(shown, "weibo")["windows"]] == [("not_read", "outage")]
    assert cell(shown, NOISE, "weibo")["state"] == "not_searched"


def test_a_window_that_showed_nothing_is_a_search(county: CountyOffice) -> None:
    read(county, "weibo")
    assert cell(coverage(county), NOISE, "weibo")["state"] == "searched_empty"


def test_news_are_read_and_nobody_looks_for_grievances_in_them(county: CountyOffice) -> None:
    read(county, "news", found=30)
    shown = coverage(county)
    assert cell(shown, NOISE, "news")["state"] == "not_searched"
    assert "news_quotes_others" in shown["limits"]


def test_a_window_that_was_cut_short_makes_counts_lower_bounds(county: CountyOffice) -> None:
    read(county, "petition", cut="page_cap", found=500)
    texts = [
        opinion(f"夜里打桩吵得睡不着，第{n}天了。", (NOISE, "吵得睡不着", 0.9), number=n, day=n) for n in range(20)
    ]
    county.hear(*texts)
    shown = coverage(county)
    assert column(shown, "petition")["state"] == "lower_bound"
    assert "at_least" in column(shown, "petition")["texts"]
    [row] = [row for row in shown["rows"] if row["factor"] == NOISE]
    assert row["count"] is None or "value" not in row["count"]
    found = cell(shown, NOISE, "petition")
    assert found["count"] is None or "value" not in found["count"]


def test_groups_that_the_law_wants_heard_and_that_were_not_are_named(county: CountyOffice) -> None:
    shown = coverage(county)
    unheard = {group["code"] for group in shown["groups"] if not group["heard"]}
    assert {"land_lost_farmer", "tenant_resident", "elderly_pensioner"} <= unheard
    farmers = [
        opinion(
            f"我家的地被征了{n}亩，补偿一直没有到账。", ("compensation_funds", "没有到账", 0.9), number=n,
            groups=("land_lost_farmer",),
        )
        for n in range(4)
    ]  # fmt: skip
    county.hear(*farmers)
    assert "land_lost_farmer" in {g["code"] for g in coverage(county)["groups"] if not g["heard"]}, "fewer than k"
    more = opinion(
        "我家的地也被征了，补偿没有。", ("compensation_funds", "补偿没有", 0.9), groups=("land_lost_farmer",)
    )
    county.hear(more)
    assert "land_lost_farmer" not in {g["code"] for g in coverage(county)["groups"] if not g["heard"]}


def test_no_state_says_that_people_agree(county: CountyOffice) -> None:
    text = county.caller("assessor").get("/v1/projects/quarry-road/coverage").text
    assert not [words for words in CONSENT if words in text]
    assert "silence_is_not_consent" in coverage(county)["limits"]


def test_sealed_texts_are_counted_nowhere_and_law_suits_only_counted(county: CountyOffice) -> None:
    shown = coverage(county)
    confidential = {code for code, factor in taxonomy().factors.items() if factor.confidential}
    assert not confidential & {row["factor"] for row in shown["rows"]}
    assert [row["factor"] for row in shown["rows"] if row["counted_only"]] == ["judicial_litigation_matter"]
    assert column(shown, "petition")["texts"] == {"value": 9, "exact": True}


def test_stages_are_told_apart_by_the_days_on_which_people_moved_the_project(county: CountyOffice) -> None:
    county.store.clock = lambda: MONDAY + timedelta(days=5)
    moved = county.caller("assessor").post("/v1/projects/quarry-road/stage", STAGE_MOVED)
    assert moved.status_code in (200, 201), moved.text
    shown = coverage(county)
    assert [period["stage"] for period in shown["stages"]] == ["in_assessment", "after_assessment"]
    first, second = shown["stages"]
    assert first["last"] < second["first"]
    assert {column["stage"] for column in shown["searched"]} == {"in_assessment", "after_assessment"}


def test_the_answer_keeps_its_tag_while_nothing_changed(county: CountyOffice) -> None:
    caller = county.caller("assessor")
    tag = caller.get("/v1/projects/quarry-road/coverage").headers["etag"]
    again = caller.get("/v1/projects/quarry-road/coverage", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_who_may_not_read_the_project_gets_no_coverage(county: CountyOffice) -> None:
    assert county.caller("auditor").get("/v1/projects/quarry-road/coverage").status_code == 403
    assert county.caller("assessor").get("/v1/projects/quarry-road/coverage", purpose=None).json()["code"] == "E301"
    assert county.caller("assessor").get("/v1/projects/none/coverage").json()["code"] == "E311"
