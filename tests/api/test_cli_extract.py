"""``minyi extract`` as a script on the other side of the pipe sees it."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli.main import cli

PAGE = """<html><head><title>枫溪乡公布养老院选址_枫溪网</title><meta name="author" content="欧阳某"></head><body>
<h1>枫溪乡公布养老院选址</h1><div>2026-01-05 08:15 来源：枫溪日报 作者：欧阳某</div>
<div class="text"><p>枫溪乡昨日公布了养老院的选址方案，拟建在老粮站旧址，占地约十亩。有村民担心夜间救护车的噪音。</p>
<p>乡里表示，选址还要公示，村民可以到乡政府提出意见，所有意见都会记录在案并公开答复。</p></div></body></html>"""
FIELDS = {
    "uid", "title", "text", "published_at", "precision", "outlet", "canonical_url", "next_page", "author_dropped",
    "encoding", "undecodable", "encoding_doubtful", "truncated",
}  # fmt: skip


def extracted(*rows):
    lines = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    result = CliRunner().invoke(cli, ["extract"], input=lines)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def encoded(page: bytes) -> str:
    return base64.b64encode(page).decode()


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_page_gives_its_article_in_order(folder):
    (folder / "plain.html").write_bytes(PAGE.encode("gbk"))
    (folder / "packed.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    code, found = extracted(
        {"uid": "a", "html_path": "plain.html", "content_type": "text/html; charset=utf-8"},
        {"uid": "b", "html_path": str(folder / "packed.html.gz"), "url": "https://fengxi.example/1.html"},
        {"uid": 3, "html_base64": encoded(PAGE.encode())},
    )
    assert code == 0
    assert [row["uid"] for row in found] == ["a", "b", 3]
    for row in found:
        assert set(row) == FIELDS
        assert (row["title"], row["published_at"], row["precision"]) == (
            "枫溪乡公布养老院选址",
            "2026-01-05T08:15:00+08:00",
            "minute",
        )
        assert row["text"].startswith("枫溪乡昨日公布了") and row["text"].endswith("公开答复。")
        assert (row["outlet"], row["author_dropped"], row["undecodable"]) == ("枫溪日报", True, 0)
        assert "欧阳某" not in json.dumps(row, ensure_ascii=False)
    assert [row["encoding"] for row in found] == ["gb18030", "utf-8", "utf-8"]
    assert found[1]["canonical_url"] == "https://fengxi.example/1.html"


def test_what_cannot_be_read_gets_an_error_and_nothing_stops(folder):
    (folder / "broken.gz").write_bytes(gzip.compress(PAGE.encode())[:200])
    code, found = extracted(
        {"uid": "1", "html_path": "absent.html"},
        {"uid": "2", "html_path": "/dev/zero"},
        {"uid": "3", "html_path": "broken.gz"},
        {"uid": "4", "html_base64": "%%%"},
        {"uid": "5"},
        {"uid": "6", "html_path": "x", "html_base64": "eA=="},
        {"uid": "7", "html_base64": encoded(b"no page at all")},
        {"uid": "8", "html_base64": encoded(PAGE.encode()), "fetched_at": "soon"},
        {"uid": "9", "html_path": 7},
        "not json",
        {"uid": "10", "html_base64": encoded(PAGE.encode())},
    )
    assert code == 1
    assert ["error" in row for row in found] == [True] * 10 + [False]
    assert "E720" in found[6]["error"]
    assert found[10]["title"] == "枫溪乡公布养老院选址"


def test_times_that_count_from_the_fetch_use_the_moment_given():
    page = PAGE.replace("2026-01-05 08:15", "3小时前")
    _, found = extracted({"uid": "1", "html_base64": encoded(page.encode()), "fetched_at": "2026-02-01T12:00:00+08:00"})
    assert found[0]["published_at"] == "2026-02-01T09:00:00+08:00"


def test_a_gzip_bomb_is_unpacked_only_so_far():
    bomb = gzip.compress(PAGE.encode() + b" " * (200 << 20))
    code, found = extracted({"uid": "1", "html_base64": encoded(bomb)})
    assert code == 0
    assert found[0]["truncated"]
