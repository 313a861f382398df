from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deployment_key import length_prefixed
from pipeline.key_files import KeyFileDamaged
from pipeline.voices import DeploymentKey, VoiceKeys

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
KEY = "7001"


def test_one_person_has_one_token_within_a_project_a_platform_and_a_period(tmp_path: Path):
    keys = VoiceKeys(tmp_path, clock=lambda: NOON)
    assert keys.token("road", "board", KEY) == keys.token("road", "board", KEY)
    assert VoiceKeys(tmp_path, clock=lambda: NOON).token("road", "board", KEY) == keys.token("road", "board", KEY)
    assert len(keys.token("road", "board", KEY).value) == 16


def test_two_deployments_never_agree_on_a_token(tmp_path: Path):
    one, other = VoiceKeys(tmp_path / "a", clock=lambda: NOON), VoiceKeys(tmp_path / "b", clock=lambda: NOON)
    assert one.token("road", "board", KEY) != other.token("road", "board", KEY)


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_no_two_lists_of_parts_are_hashed_as_the_same_bytes(one: list[str], other: list[str]):
    assert (length_prefixed(*one) == length_prefixed(*other)) is (one == other)


def test_a_period_begins_at_midnight_in_beijing(tmp_path: Path):
    midnight = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
    day = VoiceKeys(tmp_path, period_days=1, clock=lambda: midnight)
    before = VoiceKeys(tmp_path, period_days=1, clock=lambda: midnight - timedelta(microseconds=1))
    assert (before.period(), day.period()) == ("20260304-1d", "20260305-1d")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)), st.integers(1, 30))
def test_a_period_never_lasts_longer_than_it_says(moment: datetime, days: int):
    moment = moment.replace(tzinfo=UTC)
    now, later = (
        VoiceKeys(Path("unused"), days, clock=lambda at=at: at).period()
        for at in (moment, moment + timedelta(days=days))
    )
    assert now != later
    first = datetime.strptime(now.split("-")[0], "%Y%m%d").date()
    assert 0 <= ((moment + timedelta(hours=8)).date() - first).days < days


def test_a_key_file_is_for_its_account_alone(tmp_path: Path):
    keys = VoiceKeys(tmp_path / "keys", clock=lambda: NOON)
    keys.token("road", "board", KEY)
    DeploymentKey(tmp_path / "keys")
    files = list((tmp_path / "keys").iterdir())
    assert len(files) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert {file.stat().st_size for file in files} == {32}


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path):
    barrier = threading.Barrier(8)
    ids: list[str] = []

    def start() -> None:
        barrier.wait()
        ids.append(DeploymentKey(tmp_path).document_id("board", "1"))

    starters = [threading.Thread(target=start) for _ in range(8)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert (len(ids), len(set(ids))) == (8, 1)
    assert [file.name for file in tmp_path.iterdir()] == ["deployment.key"]


def test_a_damaged_key_is_named_and_never_replaced(tmp_path: Path):
    DeploymentKey(tmp_path)
    file = tmp_path / "deployment.key"
    file.write_bytes(b"short")
    with pytest.raises(KeyFileDamaged, match=r"E160.*deployment\.key"):
        DeploymentKey(tmp_path)
    assert file.read_bytes() == b"short"


def test_an_item_is_known_again_by_its_id_and_by_nothing_else(tmp_path: Path):
    key = DeploymentKey(tmp_path)
    assert key.document_id("board", "17") == DeploymentKey(tmp_path).document_id("board", "17")
    assert key.document_id("board", "17") != key.document_id("board1", "7")
    assert key.keyed_url("https://weibo.example/7001/x") == key.keyed_url("https://weibo.example/7001/x")
    assert "7001" not in key.keyed_url("https://weibo.example/7001/x")
    import re

    assert re.fullmatch(r"d[0-9a-f]{24}", key.document_id("板", "\ud800"))


def test_a_voice_shows_its_token_in_no_representation(tmp_path: Path):
    keys = VoiceKeys(tmp_path, clock=lambda: NOON)
    voice, token = keys.voice("d" + "0" * 24, "road", "board", KEY), keys.token("road", "board", KEY)
    for shown in (repr(voice), str(voice), repr(token), f"{token}"):
        assert repr(token.value)[2:-1] not in shown and token.value.hex() not in shown
