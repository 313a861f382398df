"""An office that searches by meaning: vectors follow the work, go with what is withdrawn, and are off unless wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from offices import TestOffice, office_in
from opinions import ROAD
from tiny_encoder import write_encoder

from api.cli.main import cli
from index import Deletion, IndexUnusable, Search
from index.query import All, Term, Text
from models.encoder import EncoderError
from pipeline.semantics import SemanticsOff
from pipeline.work import work

NOISE = "半夜放炮|青石坳采石场进场道路工程夜里放炮，老人睡不着。"
SLEEP = "施工太吵|青石坳采石场进场道路工程凌晨爆破，孩子没法休息。"
MONEY = "征地|青石坳采石场进场道路工程占了我家水田，补偿款三年没有发。"


@pytest.fixture
def semantic(tmp_path: Path) -> Iterator[TestOffice]:
    """An office with searching by meaning switched on, and three letters worked on."""
    with office_in(tmp_path / "office", ROAD, semantic=True) as office:
        office.import_texts([NOISE, SLEEP, MONEY])
        office.work()
        yield office


def id_of(office: TestOffice, words: str) -> str:
    return next(document.id for document in office.documents() if words in document.text)


def matrix(office: TestOffice) -> bytes:
    return next(office.settings.vectors_folder.rglob("*.f16")).read_bytes()


def again(office: TestOffice, **changed: object) -> TestOffice:
    """The same data folder, opened with other settings."""
    return TestOffice(office.settings.model_copy(update=changed))


def test_a_letter_that_says_it_otherwise_is_found_after_the_one_that_says_it_so(semantic: TestOffice) -> None:
    answer = semantic.semantics.search(semantic.index, Search(query=Text("放炮")))
    order = [hit.id for hit in answer.page.hits]
    assert order == [id_of(semantic, "放炮"), id_of(semantic, "爆破"), id_of(semantic, "补偿款")]
    assert answer.by_meaning == set(order[1:])
    assert answer.page.total == 1


def test_a_search_without_words_needs_no_vectors(semantic: TestOffice) -> None:
    asked = Search(query=Term("source_kind", ("petition",)))
    assert semantic.semantics.search(semantic.index, asked).page == semantic.index.search(asked)


def test_more_like_a_passage_leaves_out_its_own_letter(semantic: TestOffice) -> None:
    letter = next(document for document in semantic.documents() if "放炮" in document.text)
    start = letter.text.index("夜里放炮")
    found = semantic.semantics.more_like(semantic.index, letter, start, start + 10, among=All())
    assert [hit.id for hit in found] == [id_of(semantic, "爆破"), id_of(semantic, "补偿款")]
    elsewhere = Term("project_ids", ("bridge",))
    assert semantic.semantics.more_like(semantic.index, letter, start, start + 10, among=elsewhere) == ()
    for first, end in ((5, 5), (-1, 4), (0, 10_000)):
        with pytest.raises(ValueError, match="E232"):
            semantic.semantics.more_like(semantic.index, letter, first, end, among=All())


def test_the_vector_of_a_withdrawn_letter_goes_with_the_next_work(semantic: TestOffice) -> None:
    semantic.store.withdraw_documents([id_of(semantic, "爆破")])
    before = matrix(semantic)
    semantic.work()
    rows = [matrix(semantic)[start : start + 1024] for start in range(0, 3 * 1024, 1024)]
    assert sum(any(row) for row in rows) == 2
    assert all(row in before for row in rows if any(row))
    assert semantic.semantics.vectors.verify().documents == 2


def test_a_batch_that_broke_off_in_the_middle_is_taken_in_whole_the_next_time(semantic: TestOffice) -> None:
    """On a cluster the later changes of a batch may have got there and the earlier ones not."""
    semantic.store.withdraw_documents([id_of(semantic, "放炮")])
    later = id_of(semantic, "爆破")
    semantic.store.withdraw_documents([later])
    vectors = semantic.semantics.vectors
    vectors.write([Deletion(later, semantic.store.outbox_end())])
    vectors.commit()
    assert vectors.last_sequence() == semantic.store.outbox_end() and vectors.verify().documents == 2
    semantic.work()
    assert vectors.verify().documents == 1


def test_letters_that_are_analysed_again_are_not_encoded_again(semantic: TestOffice) -> None:
    before, sequence = matrix(semantic), semantic.semantics.vectors.last_sequence()
    semantic.register([ROAD.model_copy(update={"region": "南岭县柳湾镇"})])
    done = semantic.work()
    assert done.analysed == done.encoded == 3
    assert semantic.semantics.vectors.last_sequence() > sequence
    assert matrix(semantic) == before


def test_a_rebuild_takes_over_what_is_right_and_gives_the_same_answers(semantic: TestOffice) -> None:
    asked = Search(query=Text("放炮"))
    before = semantic.semantics.search(semantic.index, asked)
    semantic.semantics.close()
    with again(semantic) as fresh:
        assert fresh.semantics.rebuild(fresh.store) == 3
        assert fresh.semantics.search(fresh.index, asked) == before
        assert fresh.semantics.feed(fresh.store) == 0
    assert [path.name for path in semantic.settings.vectors_folder.glob("v*")] == ["v0002"]


def test_vectors_of_another_encoder_are_refused_until_they_are_rebuilt(semantic: TestOffice, tmp_path: Path) -> None:
    other = write_encoder(tmp_path / "other")
    refusal = pytest.raises(IndexUnusable, match=r"its encoder is 'minyi-bge-small.*needs 'tiny.*minyi reindex")
    with again(semantic, encoder_folder=other) as changed, refusal:
        changed.semantics.search(changed.index, Search(query=Text("放炮")))
    semantic.semantics.close()
    with again(semantic, encoder_folder=other) as changed:
        assert changed.semantics.rebuild(changed.store) == 3
        assert len(changed.semantics.search(changed.index, Search(query=Text("放炮"))).page.hits) == 3


def test_minyi_reindex_makes_the_vectors_anew_too(semantic: TestOffice) -> None:
    semantic.close()
    home = semantic.settings.home
    run = CliRunner().invoke(cli, ["reindex", "--home", str(home)], env={"MINYI_SEMANTIC": "true"})
    assert run.exit_code == 0, run.output
    assert [path.name for path in (home / "vectors").glob("v*")] == ["v0002"]
    with again(semantic) as fresh:
        assert fresh.semantics.vectors.verify().documents == 3


def test_meaning_is_off_unless_switched_on(office: TestOffice) -> None:
    office.import_texts([NOISE])
    assert office.work().encoded == 0
    assert not office.settings.vectors_folder.exists()
    with pytest.raises(SemanticsOff, match=r"E231: .*semantic = true"):
        _ = office.semantics


def test_switched_off_the_vectors_go_and_switched_on_again_they_come_back(semantic: TestOffice) -> None:
    semantic.close()
    with again(semantic, semantic=False) as without:
        work(without)
        assert not without.settings.vectors_folder.exists()
    with again(semantic) as with_meaning:
        assert with_meaning.work().encoded >= 3
        assert with_meaning.semantics.vectors.verify().documents == 3


def test_a_missing_encoder_is_said_after_everything_else_is_done(tmp_path: Path) -> None:
    with office_in(tmp_path / "office", ROAD, semantic=True, encoder_folder=tmp_path / "nowhere") as office:
        office.import_texts([NOISE])
        with pytest.raises(EncoderError, match=r"E211: .*nowhere.*missing"):
            office.work()
        assert office.index.count(Text("放炮")) == 1
