"""P-01: no author identifiers at rest, in no file of the data folder, in no URL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offices import TestOffice, office_in, petition

from api.cli.projects import read_projects

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
FILES = {
    "petitions_ring_road.xlsx": "petition", "petitions_waste_plant.csv": "petition", "hotline.jsonl": "hotline",
    "weibo.jsonl": "weibo", "news.jsonl": "news",
}  # fmt: skip


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> TestOffice:
    """The examples, imported, analysed, indexed and proposed."""
    office = office_in(tmp_path_factory.mktemp("p01") / "office", *read_projects(EXAMPLES / "projects.jsonl")[0])
    for name, kind in FILES.items():
        office.import_file(EXAMPLES / name, source_kind=kind)
    office.work()
    return office


def test_no_personal_string_of_the_examples_is_found_at_rest(demonstration: TestOffice) -> None:
    rows = [json.loads(line) for line in (EXAMPLES / "expected.jsonl").read_text("utf-8").splitlines()]
    personal = {(row["file"], row["key"], word) for row in rows for word in row["personal"]}
    assert len(personal) > 40
    rest = demonstration.texts_at_rest()
    assert sorted(entry for entry in personal if entry[2] in rest) == []


def test_no_account_of_a_poster_is_found_at_rest_not_even_inside_a_url(demonstration: TestOffice) -> None:
    rest = demonstration.texts_at_rest()
    posts = [json.loads(line) for line in (EXAMPLES / "weibo.jsonl").read_text("utf-8").splitlines()]
    assert all(post["user_id"] not in rest and post["url"] not in rest for post in posts)
    urls = [d.url for d in demonstration.documents() if d.source_kind == "weibo"]
    assert urls and all(url is None or url.startswith("keyed:") for url in urls)


@given(
    phone=st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
    mail=st.from_regex(r"[a-z]{3,8}\d{2}@[a-z]{3,6}\.(com|cn)", fullmatch=True),
    account=st.from_regex(r"u[0-9]{12}", fullmatch=True),
    words=st.text(alphabet="我家的地被征了补偿没到，。请核实 ", max_size=20),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_around_it_no_identifier_reaches_the_data_folder(
    office: TestOffice, phone: str, mail: str, account: str, words: str
) -> None:
    body = f"{words}电话{phone}，{words}邮箱 {mail} {words}"
    office.receive([petition(f"反映问题|{body}", author_key=account, platform="信箱", url=None)])
    rest = "\n".join(content.decode("utf-8", "replace") for content in office.files().values())
    assert phone not in rest and mail not in rest and account not in rest
