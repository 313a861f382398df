"""What leaves with a notice: counts under k-anonymity (P-06), quotes as P-07 allows, P-16, and P-18 to the officer."""

from __future__ import annotations

import email
import re
from datetime import timedelta
from email.policy import default
from html import unescape

import pytest
from alerting import burst, looked, quiet, say, urgent
from county import ACCUSED, CountyOffice
from notified import alarmed, desk, subscribed, told
from receivers import Mailbox, Receiver

from api.policy.wording import CONTROL_WORDS

DANGER = "柳湾村的补偿标准这样定，一家人没有活路了，今晚就从坝上跳下去。"


def everything(receiver: Receiver, mailbox: Mailbox) -> str:
    """All that went out, decoded."""
    said = [request.body.decode() + str(request.headers) for request in receiver.requests]
    for mail in mailbox.mails:
        parsed = email.message_from_bytes(mail, policy=default)
        said += [str(parsed["Subject"]), parsed.get_body(("plain",)).get_content()]
        said.append(unescape(parsed.get_body(("html",)).get_content()))
    return "\n".join(said)


def both(road: CountyOffice, receiver: Receiver, mailbox: Mailbox, **fields: object) -> None:
    subscribed(road, receiver.signed(), "hook", **fields)
    subscribed(road, mailbox.address, "mail", **fields)


def passages(road: CountyOffice, length: int = 10) -> set[str]:
    """Every piece of that length of what anybody wrote."""
    bodies = [str(document.body) for document in road.store.all_documents()]
    return {body[n : n + length] for body in bodies for n in range(len(body) - length)}


def test_without_quotes_no_word_of_anybody_leaves(road: CountyOffice, receiver: Receiver, mailbox: Mailbox) -> None:
    both(road, receiver, mailbox)
    incident = alarmed(road)
    assert told(road).sent == 2
    said = everything(receiver, mailbox)
    assert not [piece for piece in passages(road) if piece in said]
    assert (
        f"{road.store.incident(incident).observed} 条" in said
        and incident in said
        and "补偿" in said
        and ACCUSED not in said
    )
    assert not [word for word in CONTROL_WORDS if word in said] and "核实" in said


def test_with_quotes_only_what_k_voices_said(road: CountyOffice, receiver: Receiver, mailbox: Mailbox) -> None:
    both(road, receiver, mailbox, quotes=True)
    alarmed(road)
    told(road)
    said = everything(receiver, mailbox)
    assert "原文摘录" in said
    for quote in re.findall(r"“([^”]+)”", receiver.requests[0].json()["text"]):
        assert len(quote) <= 80 and any(quote in str(d.body) for d in road.store.all_documents())


def test_below_k_voices_no_number_and_no_quote_leaves(road: CountyOffice, receiver: Receiver, mailbox: Mailbox) -> None:
    both(road, receiver, mailbox, quotes=True)
    texts = [*quiet(), *burst()]
    say(road, texts, [*range(len(quiet())), *([7] * len(burst()))])
    looked(road)
    assert road.store.incidents()
    told(road, timedelta(days=1))
    said = everything(receiver, mailbox)
    assert said and "少于 5 个声音" in said and not re.search(r"诉求：\d", said) and "原文摘录" not in said
    assert not [piece for piece in passages(road) if piece in said]


def test_a_project_whose_name_proposes_control_is_not_told(road: CountyOffice, receiver: Receiver) -> None:
    subscribed(road, receiver.signed())
    alarmed(road)
    road.office.register([road.road.model_copy(update={"name_zh": "青石坳稳控工程"})])
    assert told(road).failed == 1 and receiver.requests == []
    for hour in range(1, 40):
        told(road, timedelta(hours=hour))
    [letter] = desk(road).dead("administration")
    assert "E833" in letter.reason and "稳控" not in letter.reason


@pytest.fixture
def in_danger(road: CountyOffice) -> CountyOffice:
    say(road, [urgent(DANGER, "没有活路了", day=60, kind="weibo")])
    return road


def test_a_cue_goes_to_the_named_officer_alone_at_once_with_matter_cue_and_time(
    in_danger: CountyOffice, receiver: Receiver, mailbox: Mailbox
) -> None:
    road = in_danger
    subscribed(road, receiver.signed(), "officer", role="supervisor", schedule="morning", quiet=("00:00", "23:59"))
    subscribed(road, mailbox.address, "others", who="county-platform")
    road.store.name_duty_officer(road.road.id, "county-supervisor")
    road.stage("after_assessment")
    looked(road)
    assert told(road).sent == 1 and mailbox.mails == []
    [request] = receiver.requests
    [incident] = road.store.incidents()
    said = everything(receiver, mailbox)
    assert "self_harm_ideation" in said and incident.matter_id in said and "minyi alerts pointer" in said
    assert set(request.json()["incident"]) == {"id", "kind", "project_id", "cue", "matter_id", "time"}
    assert not [piece for piece in passages(road, 6) if piece in said]
    assert "weibo" not in said and "http" not in request.json()["text"] and incident.document_id not in said
    assert told(road, timedelta(hours=1)).sent == 0


def test_a_cue_without_an_officer_or_channel_is_a_dead_letter_until_there_is_one(
    in_danger: CountyOffice, receiver: Receiver
) -> None:
    road = in_danger
    road.stage("after_assessment")
    subscribed(road, receiver.signed(), "others", who="county-platform")
    looked(road)
    told(road)
    assert [letter.reason[:4] for letter in desk(road).dead("administration")] == ["E861"]
    road.store.name_duty_officer(road.road.id, "county-supervisor")
    looked(road)
    told(road)
    assert "E862" in [letter.reason[:4] for letter in desk(road).dead("administration")]
    assert receiver.requests == []
    subscribed(road, receiver.signed(), "officer", role="supervisor")
    told(road, timedelta(hours=1))
    assert [request.key.rpartition(":")[2] for request in receiver.requests] == ["officer"]
    told(road, timedelta(hours=2))
    assert len(receiver.requests) == 1 and desk(road).dead("administration") == []


def test_after_72_hours_a_cue_is_not_sent_any_more(in_danger: CountyOffice, receiver: Receiver) -> None:
    road = in_danger
    road.stage("after_assessment")
    road.store.name_duty_officer(road.road.id, "county-supervisor")
    subscribed(road, receiver.signed().replace(str(receiver.port), "1"), "officer", role="supervisor")
    looked(road)
    for hours in (0, 10, 20, 71):
        assert told(road, timedelta(hours=hours)).dead == 0
    assert told(road, timedelta(hours=73)).dead == 1
    assert "E863" in desk(road).dead("administration")[0].reason
