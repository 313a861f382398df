"""From opinions to candidates: one candidate a factor, with evidence, bounds, counter-evidence and gaps."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opinions import FACTOR_CODES, ROAD, every_voice, opinion, span_of

from models.taxonomy import Routing, taxonomy
from pipeline.matters import matters_of
from pipeline.records import Affected, Document, ProcedureFlag, RiskPointCandidate
from pipeline.risk import Ground, candidates_of
from pipeline.risk.ranking import ranked
from pipeline.risk.validity import FLOOR

LOW = ("compensation_standard", "补偿太低", 0.8)
DUST = ("air_pollution", "灰尘", 0.7)


def candidate(*opinions, replies=None, voices=every_voice, factor="compensation_standard") -> RiskPointCandidate:  # type: ignore[no-untyped-def]
    found = {c.factor: c for c in candidates_of(ROAD, opinions, replies or {}, voices)}
    return found[factor]


def test_grievances_about_the_same_concern_at_the_same_site_are_one_matter() -> None:
    texts = [opinion(f"柳湾村{n}组的旱地补偿太低。", LOW) for n in "一二"] + [opinion("上井村的补偿太低。", LOW)]
    matters = matters_of(ROAD, texts)
    assert sorted((m.site, len(m.opinions)) for m in matters) == [("上井村", 1), ("柳湾村", 2)]


def test_a_copy_counts_as_a_document_but_not_as_an_origin_and_its_residue_is_shown() -> None:
    first = opinion("柳湾村的补偿太低，请核实。", LOW, number=1)
    copy = opinion("柳湾村的补偿太低，请核实。我家还多了一口井，也没人来量。", LOW, number=2, origin=first, day=1)
    found = candidate(first, copy)
    assert (found.counts.documents, found.counts.origins) == (2, 1)
    (passage,) = found.residues
    assert passage.quote(copy.document) == "我家还多了一口井，也没人来量。"


def test_every_passage_stands_in_its_document() -> None:
    texts = [opinion(f"{n}组的补偿太低，灰尘又大。", LOW, DUST, number=n) for n in range(6)]
    by_id = {o.document.id: o.document for o in texts}
    for found in candidates_of(ROAD, texts, {}, every_voice):
        words = {"compensation_standard": "补偿太低", "air_pollution": "灰尘"}[found.factor]
        assert {e.quote(by_id[e.document_id]) for e in found.evidence} == {words}
        assert found.title is not None and found.title.quote(by_id[found.title.document_id]) == words


def test_process_factors_give_way_to_any_other_but_are_not_lost_alone() -> None:
    both = opinion("补偿太低，镇里互相推诿。", LOW, ("administrative_inaction", "互相推诿", 0.9), number=1)
    alone = opinion("问了三次，镇里互相推诿。", ("administrative_inaction", "互相推诿", 0.9), number=2)
    assert {c.factor for c in candidates_of(ROAD, [both], {}, every_voice)} == {"compensation_standard"}
    assert {c.factor for c in candidates_of(ROAD, [alone], {}, every_voice)} == {"administrative_inaction"}
    codes = {reason.code for reason in candidate(both).reasons}
    assert "channel_failure" in codes


def test_a_lawsuit_is_counted_nowhere_as_a_candidate() -> None:
    assert (
        candidates_of(
            ROAD, [opinion("法院判决不公。", ("judicial_litigation_matter", "判决不公", 0.9))], {}, every_voice
        )
        == ()
    )


def test_an_accusation_is_sealed_and_supports_nothing_else() -> None:
    accusation = opinion("村支书截留补偿款，补偿太低。", ("official_misconduct_report", "截留补偿款", 0.9), LOW, day=3)
    (sealed,) = candidates_of(ROAD, [accusation], {}, every_voice)
    assert sealed.sealed and sealed.title is None and not sealed.evidence and not sealed.places
    assert sealed.first_seen == accusation.document.published_at


def test_one_well_argued_objection_is_a_candidate() -> None:
    found = candidate(
        opinion("桥台的净空按图只有两米八，洪水位算错了。", ("engineering_scheme", "净空按图只有两米八", 0.6)),
        factor="engineering_scheme",
    )
    assert found.counts.origins == 1 and found.attention == "watch"
    assert "single_text" in {reason.code for reason in found.reasons}


def test_official_reply_support_and_settled_cases_speak_against() -> None:
    grievance = opinion("补偿太低。后来补偿已补发到位。", LOW, number=1)
    settled = grievance.analysis.model_copy(update={"resolved": span_of(grievance.document, "已补发到位")})
    reply = opinion("您好。经核实，补偿标准按区片综合地价执行。", genre="reply", number=2, grievance=False).document
    praise = opinion("这条路修得好，补偿标准也公道。", attitude=("positive", 0.9), grievance=False, number=3)
    dull = opinion("这条路修得好。", attitude=("positive", 0.9), grievance=False, number=4)
    changed = type(grievance)(grievance.document, settled, grievance.link)
    found = candidate(changed, praise, dull, replies={grievance.document.id: (reply,)})
    documents: dict[str, Document] = {d.id: d for d in (grievance.document, reply, praise.document, dull.document)}
    shown = {(c.kind, c.quote(documents[c.document_id])) for c in found.counter_evidence}
    assert shown == {
        ("support", "这条路修得好，补偿标准也公道。"),
        ("official_reply", "经核实，补偿标准按区片综合地价执行。"),
        ("resolved", "已补发到位"),
    }


def test_the_balance_counts_origins_on_both_sides() -> None:
    said = [opinion(f"第{n}组的补偿太低。", LOW, number=n) for n in range(4)]
    reply = opinion("经核实，补偿标准按区片综合地价执行。", genre="reply", number=50, grievance=False)
    copies = [
        opinion(
            "经核实，补偿标准按区片综合地价执行。", genre="reply", number=51 + n, grievance=False, origin=reply
        ).document
        for n in range(3)
    ]
    answers = {one.document.id: (text,) for one, text in zip(said, (reply.document, *copies), strict=True)}
    own = [
        opinion(f"经核实，第{n}组的补偿标准按青苗另计。", genre="reply", number=60 + n, grievance=False).document
        for n in range(4)
    ]
    apart = {one.document.id: (text,) for one, text in zip(said, own, strict=True)}
    for replies, balance in ((answers, "mostly_for"), (apart, "contested")):
        found = candidate(*said, replies=replies)
        assert len(found.counter_evidence) == 4
        assert {r.code: r.values for r in found.reasons}["balance"] == {"balance": balance}


def test_below_the_floor_the_evidence_is_called_insufficient_and_is_only_watched() -> None:
    ps = {"weak": 0.45, "strong": 0.95}
    found = {name: candidate(opinion("补偿太低。", (*LOW[:2], p), number=1, link=1.0)) for name, p in ps.items()}
    for name, one in found.items():
        codes = {reason.code for reason in one.reasons}
        assert ("insufficient" in codes) == (one.p_valid.p < FLOOR), name
    assert found["weak"].p_valid.p < FLOOR <= found["strong"].p_valid.p and found["weak"].attention == "watch"


def test_probability_and_impact_of_harm_are_blank_until_a_person_fills_them() -> None:
    found = candidate(opinion("补偿太低。", LOW, number=1))
    assert (found.ranges.probability, found.ranges.impact) == (None, None)


def test_numbers_of_people_are_never_added_up() -> None:
    texts = []
    for number, households in ((1, 40), (2, 30)):
        plain = opinion(f"我们{households}户的补偿太低。", LOW, number=number)
        span = span_of(plain.document, f"{households}户")
        stated = Affected(start=span.start, end=span.end, min=households, max=households, unit="household")
        texts.append(
            opinion(f"我们{households}户的补偿太低。", LOW, number=number, grievance_fields={"affected": stated})
        )
    affected = candidate(*texts).affected
    assert affected is not None and (affected.min, affected.max) == (40, 40)


def test_voices_are_bounds_and_one_person_is_one_voice() -> None:
    texts = [opinion(f"{n}组补偿太低。", LOW, number=n) for n in range(4)]
    counts = candidate(*texts, voices=lambda ids: (1, 3)).counts
    assert (counts.voices_low, counts.voices_high, counts.documents) == (1, 3, 4)
    assert "cannot_be_told_apart" in {g.code for g in candidate(*texts, voices=lambda ids: (1, 3)).gaps}


def test_who_was_not_heard_is_named() -> None:
    gaps = {(g.kind, g.code) for g in candidate(opinion("补偿太低。", LOW, groups=["land_lost_farmer"])).gaps}
    assert ("group", "tenant_resident") in gaps and ("group", "land_lost_farmer") not in gaps
    assert ("source", "weibo") in gaps and ("source", "petition") not in gaps


def test_an_alleged_breach_of_procedure_is_verified_first() -> None:
    plain = opinion("补偿太低，方案从未公示。", LOW)
    span = span_of(plain.document, "从未公示")
    flag = ProcedureFlag(start=span.start, end=span.end, code="not_announced")
    found = candidate(opinion("补偿太低，方案从未公示。", LOW, grievance_fields={"procedure_flags": (flag,)}))
    assert found.attention == "verify_first"


@pytest.mark.parametrize(
    ("recent", "before", "trend"), [(9, 2, "rising"), (2, 9, "falling"), (5, 5, "steady"), (2, 2, "cannot_tell")]
)
def test_trend_needs_enough_texts(recent: int, before: int, trend: str) -> None:
    texts = [opinion(f"{n}组补偿太低。", LOW, number=n, day=100 - n * 0.1) for n in range(recent)]
    texts += [opinion(f"{n}队补偿太低。", LOW, number=n, day=60 - n * 0.1) for n in range(before)]
    assert candidate(*texts).trend == trend


def test_a_second_independent_passage_makes_a_candidate_likelier_and_a_copy_does_not() -> None:
    first = opinion("补偿太低。", LOW)
    one = candidate(first).p_valid
    copied = candidate(first, opinion("补偿太低。", LOW, number=2, origin=first)).p_valid
    two = candidate(first, opinion("补偿太低了。", LOW, number=2)).p_valid
    assert one.low <= one.p <= one.high and copied == one and two.p > one.p


def test_a_post_that_copies_a_petition_is_no_second_kind_of_source() -> None:
    petition = opinion("柳湾村的补偿太低。", LOW, number=1)
    repost = opinion("柳湾村的补偿太低。", LOW, number=2, kind="weibo", genre="post", origin=petition)
    another = opinion("补偿太低，没法过。", LOW, number=3, kind="weibo", genre="post")
    assert candidate(petition, repost).triangulation == "one_voice"
    assert candidate(petition, repost, another).triangulation == "several_source_kinds"


def test_units_come_from_the_table_in_force() -> None:
    city = dict(taxonomy().routing)
    city["compensation_standard"] = Routing(
        "compensation_standard", ("housing_construction",), (), "本市由住建部门牵头"
    )
    ground = Ground(routing=city)
    (found,) = candidates_of(ROAD, [opinion("补偿太低。", LOW)], {}, every_voice, ground)
    assert found.proposed_units.primary == ("housing_construction",)
    assert found.proposed_units.territorial == ("township_subdistrict",)


def test_who_wants_the_project_speaks_against_even_without_praise() -> None:
    plain = opinion(
        "希望这条路早日开工，补偿标准按县里的来就行。", grievance=False, attitude=("neutral", 0.8), number=5
    )
    wish = replace(plain, link=plain.link.model_copy(update={"stance": "support", "stance_p": 0.8}))
    complaint = opinion("补偿太低。", LOW)
    assert not candidate(complaint, plain).counter_evidence
    (against,) = candidate(complaint, wish).counter_evidence
    assert against.kind == "support" and against.document_id == plain.document.id


def test_the_likeliest_and_most_urgent_candidate_is_offered_first() -> None:
    loud = [opinion(f"{n}组的补偿太低。", LOW, number=n, level=3) for n in range(12)]
    quiet = opinion("工地灰尘大。", DUST, number=50)
    first, second = ranked(candidates_of(ROAD, [*loud, quiet], {}, every_voice))
    assert (first.factor, second.factor) == ("compensation_standard", "air_pollution")
    assert first.priority > second.priority


def test_a_rank_does_not_tell_how_few_voices_there_are() -> None:
    few = [candidate(*[opinion(f"{n}组补偿太低。", LOW, number=n) for n in range(count)]) for count in (2, 3, 4)]
    volume = {one.priority - round(40 * one.p_valid.p) for one in few}
    assert max(volume) - min(volume) <= 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(FACTOR_CODES),
            st.sampled_from(["柳湾村", "上井村", "某处"]),
            st.integers(0, 3),
            st.floats(0, 200),
        ),
        min_size=1,
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_the_order_of_arrival_changes_no_candidate_and_no_id(
    rows: list[tuple[str, str, int, float]], rng: random.Random
) -> None:
    texts = [
        opinion(f"{place}的事{n}", (code, place, 0.8), number=i, level=n, day=day)
        for i, (code, place, n, day) in enumerate(rows)
    ]
    once = candidates_of(ROAD, texts, {}, every_voice)
    shuffled = texts[:]
    rng.shuffle(shuffled)
    again = candidates_of(ROAD, shuffled, {}, every_voice)
    assert [c.canonical_json() for c in once] == [c.canonical_json() for c in again]
    assert len({c.id for c in once}) == len(once)
