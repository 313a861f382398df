"""P-04: the secret of a period lasts 30 days at most; then it is gone, and its tokens are ordinals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from letters import document_id, petition
from sqlalchemy import text

from pipeline import key_files
from pipeline.store import Store
from pipeline.voices import VoiceKeys, rotate

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


class Killed(BaseException):
    """The process ends here."""


class Office:
    """Three letters of two people about one road, with the office's keys and its calendar."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.now = NOON
        self.store = store
        self.folder = folder
        self.keys = VoiceKeys(folder, clock=lambda: self.now)
        people = ["7001", "7002", "7001"]
        voices = [self.keys.voice(document_id(number), "road", "board", person) for number, person in enumerate(people)]
        self.tokens = {voice.token for voice in voices}
        self.ids = [voice.document_id for voice in voices]
        store.add_documents([petition(number) for number in range(3)], voices)

    def hear_from(self, people: range) -> None:
        voices = [self.keys.voice(document_id(person), "road", "board", str(person)) for person in people]
        self.tokens.update(voice.token for voice in voices)
        self.store.add_documents([petition(person) for person in people], voices)

    def restart(self) -> None:
        self.keys = VoiceKeys(self.folder, clock=lambda: self.now)

    def stored_tokens(self) -> int:
        with self.store.reading() as connection:
            return connection.execute(text("SELECT count(token) FROM voices")).scalar_one()

    def files_hold(self, values: set[bytes]) -> bool:
        file = self.store.engine.url.database
        contents = [path.read_bytes() for path in Path(file).parent.iterdir()] + [
            path.read_bytes() for path in self.folder.iterdir()
        ]
        return any(value in content for value in values for content in contents)


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Office:
    return Office(store, tmp_path / "keys")


def test_while_the_period_runs_nothing_is_destroyed(office: Office):
    office.now += timedelta(days=1)
    assert rotate(office.keys, office.store) == ()
    assert (office.stored_tokens(), len(office.keys.periods())) == (3, 1)


def test_when_the_period_ends_its_secret_and_its_tokens_go_and_the_count_stays(office: Office):
    before = office.store.distinct_voices("road", office.ids)
    period = office.keys.period()
    office.now += WEEK
    assert rotate(office.keys, office.store) == (period,)
    assert (office.stored_tokens(), office.keys.periods()) == (0, ())
    assert office.store.distinct_voices("road", office.ids) == before == (2, 2)
    assert rotate(office.keys, office.store) == ()


def test_after_rotation_the_token_of_a_known_author_cannot_be_computed_again(office: Office):
    office.now += WEEK
    rotate(office.keys, office.store)
    office.now -= WEEK
    for keys in (office.keys, VoiceKeys(office.folder, clock=lambda: NOON)):
        assert keys.token("road", "board", "7001").value not in office.tokens


def test_ordinals_are_numbers_from_one_and_say_nothing_else(office: Office):
    office.now += WEEK
    rotate(office.keys, office.store)
    with office.store.reading() as connection:
        rows = connection.execute(text("SELECT ordinal FROM voices ORDER BY document_id")).scalars().all()
    assert sorted(set(rows)) == [1, 2]
    assert rows[0] == rows[2] != rows[1]


def test_ordinals_follow_neither_the_order_of_arrival_nor_that_of_the_tokens(office: Office):
    office.hear_from(range(100, 200))
    in_order = "SELECT ordinal FROM voices WHERE document_id >= :first ORDER BY document_id"
    with office.store.reading() as connection:
        query = text("SELECT document_id FROM voices WHERE document_id >= :first ORDER BY token")
        by_token = connection.execute(query, {"first": document_id(100)}).scalars().all()
    office.now += WEEK
    rotate(office.keys, office.store)
    with office.store.reading() as connection:
        by_arrival = connection.execute(text(in_order), {"first": document_id(100)}).scalars().all()
    number = dict(zip([document_id(person) for person in range(100, 200)], by_arrival, strict=True))
    assert by_arrival != sorted(by_arrival)
    assert [number[document] for document in by_token] != sorted(by_arrival)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_neither_secret_nor_token_is_left_in_a_file(office: Office):
    office.hear_from(range(100, 500))
    secret = (office.folder / f"{office.keys.period()}.key").read_bytes()
    assert office.files_hold({secret}) and office.files_hold(office.tokens)
    office.now += WEEK
    rotate(office.keys, office.store)
    assert not office.files_hold({secret, *office.tokens})


def test_killed_after_the_secret_and_before_the_tokens_the_next_start_finishes(office: Office):
    period = office.keys.period()

    class DyingLedger:
        def periods_with_tokens(self) -> tuple[str, ...]:
            return office.store.periods_with_tokens()

        def forget_tokens(self, period: str) -> int:
            raise Killed

    office.now += WEEK
    with pytest.raises(Killed):
        rotate(office.keys, DyingLedger())
    assert (office.keys.periods(), office.stored_tokens()) == ((), 3)
    office.restart()
    assert rotate(office.keys, office.store) == (period,)
    assert (office.stored_tokens(), office.store.distinct_voices("road", office.ids)) == (0, (2, 2))


def test_killed_while_the_tokens_turn_into_ordinals_none_or_all_have_turned(office: Office):
    period = office.keys.period()
    office.now += WEEK
    with pytest.raises(Killed), office.store.transaction():
        rotate(office.keys, office.store)
        raise Killed
    assert office.stored_tokens() == 3
    office.restart()
    assert rotate(office.keys, office.store) == (period,)
    assert office.stored_tokens() == 0


def test_killed_before_the_secret_file_is_unlinked_its_secret_is_gone_already(office: Office, monkeypatch):
    file = office.folder / f"{office.keys.period()}.key"
    secret = file.read_bytes()

    def killed(self: Path, missing_ok: bool = False) -> None:
        raise Killed

    office.now += WEEK
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(Killed):
            rotate(office.keys, office.store)
    assert secret not in file.read_bytes()
    office.restart()
    rotate(office.keys, office.store)
    assert (file.exists(), office.stored_tokens()) == (False, 0)


def test_a_process_that_runs_across_the_end_of_a_period_uses_the_new_secret(office: Office):
    office.now += WEEK
    token = office.keys.token("road", "board", "7001")
    assert token.value not in office.tokens
    assert token.period == office.keys.period()
    rotate(office.keys, office.store)
    assert office.keys.periods() == (token.period,)
    assert office.keys.token("road", "board", "7001") == token


def test_a_shorter_period_by_settings_ends_the_longer_one_at_once(office: Office):
    shorter = VoiceKeys(office.folder, period_days=3, clock=lambda: office.now)
    rotate(shorter, office.store)
    assert (shorter.periods(), office.stored_tokens()) == ((), 0)


@pytest.mark.parametrize("days", [0, 31, 365, -1])
def test_no_setting_makes_a_period_longer_than_thirty_days(tmp_path: Path, days: int):
    with pytest.raises(ValueError, match=r"E161.*30 days"):
        VoiceKeys(tmp_path, period_days=days)


def test_destroying_a_key_that_is_gone_is_no_error(tmp_path: Path):
    key_files.destroy(tmp_path / "never.key")
    assert list(tmp_path.iterdir()) == []
