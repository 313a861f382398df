"""P-12: what a person objects to, or a source takes back, goes with all that was derived from it, and stays away."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from county import CountyOffice, what_people_say
from opinions import opinion

from api.cli.main import cli
from index.query import Text
from pipeline.erasure import ErasureRefused, Selection, erase, meant, remainders
from pipeline.redacted import seal
from pipeline.withdrawn import FILE_NAME, Ledger
from pipeline.work import Silent

SAID = what_people_say()
GONE = SAID[2].document
BY = ("--who", "wanglei", "--ground", "objection", "--reference", "2026-017")


def run(county: CountyOffice, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["erase", "--home", str(county.office.settings.home), *arguments])
    return done.exit_code, done.output


def test_an_erased_text_is_nowhere_and_the_check_says_so(county: CountyOffice):
    county.office.close()
    code, said = run(county, "--document", GONE.id, *BY)
    assert (code, "nothing of them is left" in said) == (0, True), said
    home = county.office.settings.home
    at_rest = "".join(path.read_bytes().decode("utf-8", "replace") for path in home.rglob("*") if path.is_file())
    assert str(GONE.body)[:20] not in at_rest
    with county.store.reading():
        assert county.store.document(GONE.id).tombstone
    assert GONE.id in Ledger.read(home / "keys" / FILE_NAME).withdrawn


def test_a_text_that_a_watched_search_found_leaves_its_hits(county: CountyOffice):
    store = county.store
    store.save_search("quarry-road", "粉尘", "assessor", Text("粉尘"))
    store.watch_search("quarry-road", "粉尘", "wanglei", "assessor", "risk_identification")
    [watch] = store.search_watches()
    assert store.note_search_hits([(watch.id, GONE.id)], 1) == 1
    county.office.close()
    code, said = run(county, "--document", GONE.id, *BY)
    assert (code, "nothing of them is left" in said) == (0, True), said
    assert store.watches_with_hits() == []


def test_a_dry_run_counts_and_erases_nothing(county: CountyOffice):
    code, said = run(county, "--source", "青石坳信箱", "--dry-run", "--json")
    assert code == 0 and json.loads(said) == {"texts": len(SAID), "replies": 0, "erased": 0}
    assert sum(1 for _ in county.store.all_documents()) == len(SAID)


@pytest.mark.parametrize("missing", [("--who", "wanglei"), ("--ground", "objection"), ()])
def test_nobody_erases_without_a_name_and_a_ground(county: CountyOffice, missing: tuple[str, ...]):
    code, said = run(county, "--document", GONE.id, *missing)
    assert code == 2 and "--who" in said
    assert not county.store.document(GONE.id).tombstone


def test_a_name_that_is_none_is_refused(county: CountyOffice):
    with pytest.raises(ErasureRefused, match="E251"):
        erase(county.office, meant(county.office, Selection((GONE.id,))), "王磊，住在河边", "objection", None, Silent())
    with pytest.raises(ErasureRefused, match="E251"):
        erase(county.office, meant(county.office, Selection((GONE.id,))), "wanglei", "because", None, Silent())


def test_the_audit_trail_says_who_and_on_what_ground_and_nothing_of_the_text(county: CountyOffice):
    erase(county.office, meant(county.office, Selection((GONE.id,))), "wanglei", "authority", "2026-017", Silent())
    events = [event for event in county.events() if event.action.startswith("erase.")]
    assert [(event.who, event.action, event.subject) for event in events] == [
        ("wanglei", "erase.authority", "2026-017"),
        ("wanglei", "erase.texts", "texts:1"),
    ]


def test_texts_are_found_by_address_also_by_one_that_is_kept_as_a_hash(county: CountyOffice):
    address = "https://weibo.example/1234567890/Abc"
    post = opinion("运料车半夜还在跑，吵得睡不着。", number=5, kind="weibo", genre="post").document
    post = post.model_copy(update={"url": county.office.keys.keyed_url(address)})
    article = opinion("采石场开工。", number=6, kind="news", genre="news").document
    article = article.model_copy(update={"url": "https://news.example/a/17"})
    county.store.add_documents([post, article])
    found = meant(county.office, Selection(urls=(address, "https://news.example/a/17")))
    assert set(found.ids) == {post.id, article.id}


def test_official_replies_go_with_the_petition_that_they_repeat(county: CountyOffice):
    reply = opinion("关于您反映的第3组旱地补偿标准问题，答复如下。", number=9, genre="reply").document
    reply = reply.model_copy(update={"reply_to": GONE.id})
    county.store.add_documents([reply])
    assert meant(county.office, Selection((GONE.id,))) == ((GONE.id,), (reply.id,))


def test_what_came_between_two_moments_is_an_import(county: CountyOffice):
    later = opinion("补偿款还没有到账。", number=30).document
    later = later.model_copy(update={"collected_at": later.collected_at + timedelta(days=3), "source": seal("信访件")})
    county.store.add_documents([later])

    def between(source: str, since: datetime | None) -> int:
        return len(meant(county.office, Selection(source=source, since=since)).ids)

    assert between("信访件", later.collected_at) == 1
    assert between("信访件", later.collected_at + timedelta(seconds=1)) == 0
    assert between("青石坳信箱", None) == len(SAID)


def test_the_check_names_what_is_left(county: CountyOffice):
    """The text is taken out of the store alone: index, candidates and ledger still have it."""
    county.store.withdraw_documents([GONE.id])
    left = {one.where.partition(" /")[0] for one in remainders(county.office, [GONE.id])}
    assert left == {"search index", "candidates", "not in the ledger", "store: matter_members"}
    live = SAID[3].document.id
    assert {"store: documents", "store: analyses", "store: links"} <= {
        one.where for one in remainders(county.office, [live])
    }


def test_asked_again_for_an_erased_text_the_check_is_made_again(county: CountyOffice):
    county.office.close()
    assert run(county, "--document", GONE.id, *BY)[0] == 0
    assert run(county, "--document", GONE.id, *BY)[0] == 0


def test_a_crash_behind_the_withdrawal_is_mended_by_the_work(county: CountyOffice):
    from pipeline.upkeep import follow

    county.store.withdraw_documents([GONE.id])
    follow(county.office, Silent())
    assert list(remainders(county.office, [GONE.id])) == []
