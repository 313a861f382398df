"""Files that wait in memory leave it by themselves, and one timer sees to all of them."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from api.imports.upload import Stated, UploadGone, Uploads

FILE = cast("Any", object())
STATED = Stated("petition", "letters", "县信访局，2026年11月20日函")


def test_however_many_files_come_one_timer_sweeps_them():
    now = datetime.fromisoformat("2026-04-20T12:00:00+08:00")
    uploads = Uploads(lambda: now, megabytes=1)
    before = sum(isinstance(one, threading.Timer) for one in threading.enumerate())
    kept = [uploads.keep(f"session-{n}", FILE, 10, kind="table", stated=STATED) for n in range(20)]
    assert sum(isinstance(one, threading.Timer) for one in threading.enumerate()) == before + 1
    now += timedelta(minutes=20)
    uploads.get("session-1", kept[1].id)
    now += timedelta(minutes=20)
    uploads._sweep()
    assert uploads.get("session-1", kept[1].id).id == kept[1].id
    with pytest.raises(UploadGone):
        uploads.get("session-2", kept[2].id)
    now += timedelta(hours=1)
    uploads._sweep()
    assert uploads._waiting == {} and uploads._sweeper is None
