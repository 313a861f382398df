"""Saved searches over HTTP and on the command line: kept, listed, run, forgotten, by those who may."""

from __future__ import annotations

import json

from click.testing import CliRunner, Result
from county import COMPENSATION, DUST, Caller, CountyOffice
from opinions import opinion

from api.cli.main import cli
from api.notices import notify
from pipeline.saved import match_new

ADDRESS = "/v1/projects/quarry-road/saved-searches"
TEXTS = "/v1/projects/quarry-road/documents"


def put(caller: Caller, name: str, query: str, address: str = ADDRESS):
    body = json.dumps({"q": query})
    return caller.send("PUT", f"{address}/{name}", {}, {"Content-Type": "application/json"}, content=body)


def watch(caller: Caller, name: str, method: str = "PUT"):
    return caller.send(method, f"{ADDRESS}/{name}/watch", {})


def forget(caller: Caller, name: str):
    return caller.send("DELETE", f"{ADDRESS}/{name}", {})


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def search(county: CountyOffice, *arguments: str) -> Result:
    asked = ["search", "--project", "quarry-road", "--purpose", "risk_identification"]
    return CliRunner().invoke(cli, [*asked, "--home", str(county.office.settings.home), *arguments])


def test_a_search_is_kept_listed_run_and_forgotten(county: CountyOffice):
    assessor = county.caller("assessor")
    assert assessor.get(ADDRESS).json() == {"rows": [], "next_offset": None}
    assert put(assessor, "补偿", f"factor:{COMPENSATION}").status_code == 201
    again = put(assessor, "补偿", f"补偿标准 factor:{COMPENSATION}")
    assert again.status_code == 200
    (row,) = assessor.get(ADDRESS).json()["rows"]
    assert row == again.json() and (row["name"], row["owner_role"]) == ("补偿", "assessor")
    assert row["query"]["type"] == "and"
    ran = assessor.get(TEXTS, saved="补偿").json()
    typed = assessor.get(TEXTS, q=f"补偿标准 factor:{COMPENSATION}").json()
    assert ran == typed and len(ran["hits"]) == 6
    assert assessor.get(TEXTS, saved="补偿", attitude="positive").json()["hits"] == []
    assert code_of(assessor.get(TEXTS, saved="补偿", q="扬尘")) == (400, "E601")
    assert code_of(assessor.get(TEXTS, saved="别的")) == (404, "E311")
    assert forget(assessor, "补偿").status_code == 204
    assert code_of(forget(assessor, "补偿")) == (404, "E311")
    assert assessor.get(ADDRESS).json() == {"rows": [], "next_offset": None}


def test_what_may_not_be_kept_is_refused(county: CountyOffice):
    assessor = county.caller("assessor")
    for name, query, refused in (
        ("电话", "补偿 13900001234", (422, "E163")), ("13900001234", "补偿", (422, "E163")),
        ("括号", "(补偿", (400, "E601")), ("长" * 101, "补偿", (404, "E311")),
    ):  # fmt: skip
        answer = put(assessor, name, query)
        assert code_of(answer) == refused and "13900001234" not in answer.text, name
    assert county.store.saved_searches() == []


def test_who_may_keep_and_forget(county: CountyOffice):
    assessor, supervisor = county.caller("assessor"), county.caller("supervisor")
    assert put(assessor, "补偿", "补偿标准").status_code == 201
    for caller in (supervisor, county.caller("platform"), county.caller("auditor")):
        for answer in (caller.get(ADDRESS), put(caller, "另一", "扬尘"), forget(caller, "补偿")):
            assert answer.status_code == 403, (caller.role, answer.request.method)
    county.stage("post_assessment")
    assert [row["name"] for row in supervisor.get(ADDRESS).json()["rows"]] == ["补偿"]
    assert code_of(put(supervisor, "补偿", "扬尘")) == code_of(forget(supervisor, "补偿")) == (409, "E152")
    bound = county.caller("assessor", projects=["dam"])
    assert code_of(bound.get(ADDRESS)) == code_of(forget(bound, "补偿")) == (403, "E303")
    assert len(county.store.saved_searches()) == 1


def test_each_leaves_an_event_of_its_own_without_what_was_searched(county: CountyOffice):
    assessor = county.caller("assessor")
    before = len(county.events())
    put(assessor, "补偿", "补偿标准")
    assessor.get(ADDRESS)
    forget(assessor, "补偿")
    forget(county.caller("platform"), "补偿")
    events = county.events()[before:]
    assert [event.action for event in events] == [
        "saved_searches.save", "saved_searches.read", "saved_searches.forget", "saved_searches.forget.denied",
    ]  # fmt: skip
    assert "补偿" not in repr(events)


def test_a_search_is_watched_by_whom_it_is_asked_and_tells_what_is_new(county: CountyOffice):
    assessor, other = county.caller("assessor"), county.caller("assessor", projects=["quarry-road"])
    assert code_of(watch(assessor, "扬尘")) == (404, "E311")
    put(assessor, "扬尘", "粉尘")
    assert (watch(assessor, "扬尘").status_code, watch(assessor, "扬尘").status_code) == (201, 200)
    county.hear(opinion("窗台上又是一层粉尘。", (DUST, "粉尘", 0.8), number=88, day=18))
    match_new(county.store)
    notify(county.office)
    [mine], [others] = assessor.get(ADDRESS).json()["rows"], other.get(ADDRESS).json()["rows"]
    assert mine["watched"] and mine["alert"]["new"] == {"at_least": 1} and "窗台" not in str(mine)
    assert not others["watched"] and others["alert"] is None
    assert code_of(watch(other, "扬尘", "DELETE")) == (404, "E311")
    assert watch(assessor, "扬尘", "DELETE").status_code == 204
    assert watch(county.caller("platform"), "扬尘").status_code == 403
    without = assessor.send("PUT", f"{ADDRESS}/扬尘/watch", {"purpose": None})
    assert code_of(without) == (403, "E301")
    events = [event.action for event in county.events() if "watch" in event.action]
    assert events.count("saved_searches.watch") == 3 and events.count("saved_searches.watch.denied") == 4


def test_a_search_of_too_many_clauses_cannot_be_watched(county: CountyOffice):
    assessor = county.caller("assessor")
    assert put(assessor, "多", " OR ".join(f"词{n}语" for n in range(99))).status_code == 201
    assert put(assessor, "太多", " OR ".join(f"词{n}语" for n in range(198))).status_code == 201
    assert watch(assessor, "多").status_code == 201
    assert code_of(watch(assessor, "太多")) == (422, "E164")


def test_the_command_line_watches(county: CountyOffice):
    search(county, "粉尘", "--save", "扬尘")
    said = search(county, "--watch", "扬尘")
    assert said.stdout == "Watched: 扬尘\n" and "minyi subscribers add" in said.stderr
    assert json.loads(search(county, "--watch", "扬尘", "--json").stdout) == {"watched": "扬尘", "new": False}
    assert json.loads(search(county, "--saved-list", "--json").stdout)["saved"][0]["watched"] is True
    assert search(county, "--unwatch", "扬尘").exit_code == 0 and search(county, "--unwatch", "扬尘").exit_code == 1
    assert search(county, "--watch", "扬尘", "--saved-list").exit_code == 2


def test_the_command_line_lists_and_forgets(county: CountyOffice):
    assert search(county, "补偿标准", "--save", "补偿").exit_code == 0
    listed = json.loads(search(county, "--saved-list", "--json").stdout)["saved"]
    assert [(one["name"], one["owner_role"], one["query"]["string"]) for one in listed] == [
        ("补偿", "assessor", "补偿标准")
    ]
    assert "补偿标准" in search(county, "--saved-list").stdout
    assert search(county, "--forget", "补偿").stdout == "Forgotten: 补偿\n"
    gone = search(county, "--forget", "补偿")
    assert gone.exit_code == 1 and "E311: no saved search '补偿'; there are: none" in gone.stderr
    assert search(county, "--forget", "补偿", "--saved-list").exit_code == 2
    assert search(county, "补偿", "--saved-list").exit_code == 2
