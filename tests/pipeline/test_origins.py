"""Near-duplicates fold under their first copy, whatever the order, and what a copy adds stays readable."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from letters import document_id, petition
from offices import TestOffice
from offices import petition as item
from pytest import TempPathFactory

from pipeline.fold import fold, refold_withdrawn
from pipeline.intake import Receipt
from pipeline.origins import Signature, clusters, residue, same_origin, signature
from pipeline.records import Document
from pipeline.redacted import seal
from pipeline.store import Fingerprint, Store

FORM = (
    "我们是柳湾村的村民，进场道路从村口经过，每天四十多趟重车把路压得坑坑洼洼，灰尘落满窗台，孩子上学只能贴着墙根走。"
    "村里开过两次会，都说等上面批复，到现在没有一个说法。请求停止重车通行并修好这条路。"
)
OTHER = "上井村三组的水井自从采石场开工就浑了，舀上来一桶沉半桶泥，老人喝了拉肚子，请求派人来验水并先接通自来水。"


def stored(store: Store, number: int, body: str, **changes: object) -> Document:
    document = petition(number, title=seal("道路"), body=seal(body), **changes)
    made = signature(document.text, document.genre)
    assert made is not None
    with store.transaction():
        store.add_documents([document], fingerprints=[Fingerprint(document.id, made.values, made.bands)])
        fold(store, {document.id: document})
    return document


def origins(store: Store) -> dict[str, str]:
    return {document.id: document.origin_id for document in store.all_documents()}


def test_a_form_letter_folds_under_the_copy_that_was_published_first(store: Store) -> None:
    stored(store, 3, FORM + "我家还多了一口井。")
    stored(store, 1, FORM)
    stored(store, 2, FORM.replace("四十多趟", "五十多趟"))
    stored(store, 9, OTHER)
    first = document_id(1)
    assert origins(store) == {
        document_id(1): first, document_id(2): first, document_id(3): first, document_id(9): document_id(9),
    }  # fmt: skip


def test_the_order_of_arrival_changes_nothing(tmp_path) -> None:  # type: ignore[no-untyped-def]
    texts = {1: FORM, 2: FORM + "我家还多了一口井。", 3: FORM.replace("柳湾村", "下井村"), 4: OTHER}
    outcomes = set()
    for i, order in enumerate(permutations(texts)):
        with Store.open(f"sqlite:///{tmp_path / str(i)}.sqlite3") as fresh:
            for number in order:
                stored(fresh, number, texts[number])
            outcomes.add(tuple(sorted(origins(fresh).items())))
    assert len(outcomes) == 1


def test_a_text_that_joins_two_clusters_makes_them_one(store: Store) -> None:
    middle = FORM
    left = FORM[: len(FORM) // 2 + 18] + "我家的院墙也裂了，前后找了三次。"
    stored(store, 5, left)
    stored(store, 6, middle)
    together = same_origin(signature(f"道路\n{left}", "petition"), signature(f"道路\n{middle}", "petition").values)  # type: ignore[arg-type,union-attr]
    assert (origins(store)[document_id(6)] == document_id(5)) == together


VARIANTS = (
    FORM,
    FORM + "我家还多了一口井，也在红线里面，量地的人没有写进去。",
    FORM + "我家还多了一口井，也在红线里面，量地的人没有写进去。后来又说院墙和猪圈都不赔，问谁都说不知道找谁。",
    FORM.replace("坑坑洼洼", "没有一处平的").replace("四十多趟", "五十多趟").replace("柳湾村", "下井村"),
    FORM[: len(FORM) // 2 + 18] + "我家的院墙也裂了，前后找了三次。",
    OTHER,
    OTHER + "井边的菜地也荒了。",
)


def letters(variants: Sequence[int]) -> list[tuple[Document, Signature]]:
    documents = [petition(n, title=seal("道路"), body=seal(VARIANTS[v])) for n, v in enumerate(variants, start=1)]
    made = [signature(document.text, document.genre) for document in documents]
    return [(document, print_) for document, print_ in zip(documents, made, strict=True) if print_]


def first_of_each(signed: Sequence[tuple[Document, Signature]]) -> dict[str, str]:
    """What every pair of texts says, compared one by one; their numbers are in the order of publication."""
    pairs = [
        (left.id, right.id)
        for (left, mine), (right, theirs) in combinations(signed, 2)
        if set(mine.bands) & set(theirs.bands) and same_origin(mine, theirs.values)
    ]
    own = {document.id: document.id for document, _ in signed}
    return own | {key: min(cluster) for cluster in clusters(pairs) for key in cluster}


@given(
    case=st.lists(st.integers(0, len(VARIANTS) - 1), min_size=2, max_size=14).flatmap(
        lambda variants: st.tuples(st.just(variants), st.permutations(range(len(variants))), st.integers(1, 6))
    )
)
@settings(max_examples=40, deadline=None)
def test_in_batches_of_any_size_and_order_the_clusters_are_those_of_all_pairs(
    case: tuple[list[int], list[int], int], tmp_path_factory: TempPathFactory
) -> None:
    variants, order, size = case
    signed = letters(variants)
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('fold') / 'minyi.sqlite3'}") as fresh:
        for start in range(0, len(order), size):
            batch = [signed[number] for number in order[start : start + size]]
            with fresh.transaction():
                prints = [Fingerprint(document.id, made.values, made.bands) for document, made in batch]
                fresh.add_documents([document for document, _ in batch], fingerprints=prints)
                fold(fresh, {document.id: document for document, _ in batch})
        assert origins(fresh) == first_of_each(signed)


@given(variants=st.lists(st.integers(0, len(VARIANTS) - 1), min_size=2, max_size=14), data=st.data())
@settings(max_examples=40, deadline=None)
def test_withdrawn_texts_leave_the_clusters_of_those_that_are_left(
    variants: list[int], data: st.DataObject, tmp_path_factory: TempPathFactory
) -> None:
    signed = letters(variants)
    gone = data.draw(st.sets(st.sampled_from([document.id for document, _ in signed]), min_size=1))
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('refold') / 'minyi.sqlite3'}") as fresh:
        with fresh.transaction():
            prints = [Fingerprint(document.id, made.values, made.bands) for document, made in signed]
            fresh.add_documents([document for document, _ in signed], fingerprints=prints)
            fold(fresh, {document.id: document for document, _ in signed})
        fresh.withdraw_documents(gone)
        refold_withdrawn(fresh)
        assert origins(fresh) == first_of_each([one for one in signed if one[0].id not in gone])
        assert refold_withdrawn(fresh) == 0


def test_a_petition_that_its_source_changes_lets_its_copies_go(office: TestOffice) -> None:
    first, second, third = (item(f"道路|{FORM}", number) for number in range(3))
    office.intake().receive_crawled([first, second, third], "w", Receipt())
    leader = next(document.origin_id for document in office.documents())
    assert {document.origin_id for document in office.documents()} == {leader}
    changed = next(one for one in (first, second, third) if office.keys.document_id(one.source, one.item_key) == leader)
    office.intake().receive_crawled([item(f"道路|{OTHER}", int(changed.item_key))], "w", Receipt())
    left = {document.id: document.origin_id for document in office.documents()}
    assert left[leader] == leader and len({origin for key, origin in left.items() if key != leader} - {leader}) == 1


def test_a_reply_that_repeats_a_petition_is_no_copy_of_it(store: Store) -> None:
    stored(store, 1, FORM)
    stored(store, 2, FORM, genre="reply")
    assert origins(store)[document_id(2)] == document_id(2)


def test_the_residue_of_a_copy_is_what_the_form_letter_lacks() -> None:
    copy = FORM + "我家还多了一口井，也在红线里。"
    assert [copy[a:b] for a, b in residue(FORM, copy)] == ["我家还多了一口井，也在红线里。"]
    assert residue(FORM, FORM) == []


@given(
    st.text(alphabet="路井村民补偿水土石车，。", min_size=1, max_size=80), st.text(alphabet="山河一二三。", max_size=30)
)
@settings(max_examples=150)
def test_residues_lie_in_the_copy_and_similarity_is_symmetric(text: str, addition: str) -> None:
    copy = text + addition
    assert all(0 <= a < b <= len(copy) for a, b in residue(text, copy))
    mine, other = signature(text, "petition"), signature(copy, "petition")
    if mine and other:
        assert mine.similarity(other.values) == other.similarity(mine.values)
        assert same_origin(mine, mine.values)


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=12))
def test_clusters_are_the_connected_components(pairs: list[tuple[str, str]]) -> None:
    found = clusters(pairs)
    for left, right in pairs:
        assert any({left, right} <= cluster for cluster in found)
    members = [member for cluster in found for member in cluster]
    assert len(members) == len(set(members)) == len({m for pair in pairs for m in pair})
    assert {frozenset(c) for c in clusters(reversed(pairs))} == {frozenset(c) for c in found}
