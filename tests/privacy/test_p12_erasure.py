"""P-12: what a person objects to, or a source takes back, goes with all that was derived from it, and stays away."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from county import CountyOffice, what_people_say
from opinions import opinion

from api.cli.main import cli
from index.query import Text
from pipeline.erasure import ErasureRefused, Selection, erase, meant, remainders
from pipeline.redacted import seal
from pipeline.retention import retain
from pipeline.settings import STORE_FILE
from pipeline.store import scrubbing
from pipeline.store.reanalysis import Scope
from pipeline.store.scrubbing import SCRUB_DUE
from pipeline.versions import current_versions
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


@pytest.fixture
def a_reader(county: CountyOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """Another process that reads the store as it was, such as a backup that is being made."""
    monkeypatch.setattr(scrubbing, "WAIT_MS", 10)
    with closing(sqlite3.connect(county.office.settings.home / STORE_FILE, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM documents").fetchone()
        yield reader


def in_files(county: CountyOffice, words: str) -> list[str]:
    home = county.office.settings.home
    return [path.name for path in home.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


def test_while_another_process_reads_the_log_is_a_remainder_that_the_next_work_takes(
    county: CountyOffice, a_reader: sqlite3.Connection
):
    later = opinion("井水发黄已经三个月了，村里没有人管。", number=41).document
    county.office.store.add_documents([later])
    county.office.close()
    code, said = run(county, "--document", later.id, *BY)
    assert code == 1 and "Left: 1 in log of the store" in said and "minyi work" in said
    assert f"{STORE_FILE}-wal" in in_files(county, "井水发黄已经三个月了")
    home = str(county.office.settings.home)
    assert CliRunner().invoke(cli, ["work", "--home", home]).exit_code == 0
    assert in_files(county, "井水发黄已经三个月了"), "somebody still reads"
    a_reader.execute("COMMIT")
    assert CliRunner().invoke(cli, ["work", "--home", home]).exit_code == 0
    assert in_files(county, "井水发黄已经三个月了") == []
    assert run(county, "--document", later.id, *BY)[0] == 0


def test_what_went_by_the_clock_leaves_the_log_too(county: CountyOffice, a_reader: sqlite3.Connection):
    moment = GONE.collected_at + timedelta(days=731)
    county.store.clock = lambda: moment
    assert retain(county.office).texts == len(SAID)
    assert county.store.fact(SCRUB_DUE)
    a_reader.execute("COMMIT")
    assert retain(county.office).texts == 0
    assert not county.store.fact(SCRUB_DUE) and in_files(county, str(GONE.body)[:20]) == []


def test_the_command_says_that_the_log_still_holds_what_went(county: CountyOffice, a_reader: sqlite3.Connection):
    county.office.close()
    with closing(sqlite3.connect(county.office.settings.home / STORE_FILE)) as store, store:
        store.execute("UPDATE documents SET collected_at = '2020-01-01 00:00:00.000000'")
    done = CliRunner().invoke(cli, ["purge", "--home", str(county.office.settings.home), "--clock-is-right"])
    assert done.exit_code == 0 and f"{len(SAID)} texts" in done.stdout and "until the next minyi work" in done.stderr


def test_what_is_removed_while_the_log_is_emptied_is_still_to_be_emptied(
    county: CountyOffice, monkeypatch: pytest.MonkeyPatch
):
    emptied = county.store._emptied
    county.store.withdraw_documents([GONE.id])

    def another_goes() -> bool:
        done = emptied()
        county.store.withdraw_documents([SAID[3].document.id])
        return done

    monkeypatch.setattr(county.store, "_emptied", another_goes)
    assert county.store.scrub() and county.store.fact(SCRUB_DUE)


def test_a_text_that_waits_to_be_read_again_or_was_set_aside_leaves_no_row(county: CountyOffice):
    store = county.store
    usual = current_versions(store.projects(), county.office.settings.link_threshold)
    other = usual.model_copy(update={"model": "another"})
    assert store.begin_run(other, usual, Scope())
    there = store.left_to_read(other)
    store.quarantine(GONE.id, "analysis", "crashed", GONE.source)
    assert {"store: analysis_queue", "store: quarantine"} <= {one.where for one in remainders(county.office, [GONE.id])}
    county.office.close()
    code, said = run(county, "--document", GONE.id, *BY)
    assert code == 0, said
    assert store.left_to_read(other) < there and store.quarantined() == []


def test_rows_that_an_earlier_erasure_left_go_when_it_is_asked_again(county: CountyOffice):
    county.office.close()
    assert run(county, "--document", GONE.id, *BY)[0] == 0
    county.store.quarantine(GONE.id, "intake", "redaction_failed", GONE.source)
    assert [one.where for one in remainders(county.office, [GONE.id])] == ["store: quarantine"]
    assert run(county, "--document", GONE.id, *BY)[0] == 0


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
    """The text is taken out of the store's tables alone: index, candidates, ledger and log still have it."""
    county.store.withdraw_documents([GONE.id])
    left = {one.where.partition(" /")[0] for one in remainders(county.office, [GONE.id])}
    log = "log of the store (another process reads what was before): run minyi work again"
    assert left == {"search index", "candidates", "not in the ledger", "store: matter_members", log}
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
