"""``minyi sources`` and ``minyi crawl`` as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from notes import listing
from replica import Replica
from terminal import Terminal

from crawlers.registry import SourceRefused, read_source
from crawlers.registry.editing import with_values
from crawlers.spiders import SPIDERS
from crawlers.windows import BEIJING
from pipeline.office import Office

BASIS = {"legal_basis": "政府信息公开条例第六条", "permission": "授权书二号", "contact": "crawl@example.org"}


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SPIDERS, "plain", "plain_spider:PlainSpider")


def today_note(body: str) -> str:
    from datetime import datetime

    return f"<h1>来信</h1><time>{datetime.now(BEIJING).replace(microsecond=0).isoformat()}</time><p>{body}</p>"


def write(home: Path, site: Replica, name: str = "qingxi", **values: object) -> Path:
    fields = {"name": name, "title": "清溪县长信箱", "kind": "petition", "spider": "plain", "start": (site.url("/"),),
              "enabled": False, **values}  # fmt: skip
    text = with_values("", fields)  # type: ignore[arg-type]
    text += f'rate_seconds = 0\nallowed_private_hosts = ["{site.host}"]\n\n[window]\nrecrawl = "1d"\nfirst = "1h"\n'
    path = home / "sources" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_source_is_tried_enabled_crawled_and_disabled(terminal: Terminal, site: Replica) -> None:
    site.page("/n/1", today_note("我叫张建国，电话13812345678，我家的地被环路占了，补偿没有发。"))
    listing(site, [1])
    assert terminal.minyi("init").exit_code == 0
    write(terminal.home, site, **BASIS)
    tried = terminal.minyi("sources", "check", "qingxi")
    assert tried.exit_code == 0 and "补偿没有发" in tried.output and "13812345678" not in tried.output
    assert "张建国" not in tried.output and "nothing was stored" in tried.output
    assert terminal.minyi("crawl", "qingxi").exit_code == 1
    assert terminal.minyi("sources", "enable", "qingxi", "--reason", "授权书").exit_code == 0
    crawled = terminal.minyi("crawl", "qingxi", "--json")
    assert crawled.exit_code == 0
    [report] = json.loads(crawled.stdout)["sources"]
    assert (report["state"], report["new"]) == ("done", 1) and json.loads(crawled.stdout)["work"]["analysed"] == 1
    shown = terminal.minyi("crawl", "--all", "--no-work")
    assert "qingxi" in shown.output and "minyi work" in shown.output
    assert terminal.minyi("sources", "disable", "qingxi", "--reason", "合同到期").exit_code == 0
    refused = terminal.minyi("crawl", "qingxi")
    assert refused.exit_code == 1 and "E706" in refused.output
    with Office.open(terminal.home) as office:
        trail = [(event.action, event.subject) for event in office.audit.events()]
        assert str(office.store.source_state("qingxi").reason) == "合同到期"
    assert trail[-2:] == [("source.enable", "qingxi"), ("source.disable", "qingxi")]


@pytest.mark.parametrize("missing", ["legal_basis", "permission", "contact"])
def test_without_a_legal_basis_a_source_can_neither_be_enabled_nor_tried(
    terminal: Terminal, site: Replica, missing: str
) -> None:
    terminal.minyi("init")
    path = write(terminal.home, site, **{**BASIS, missing: ""})
    before = path.read_text()
    refused = terminal.minyi("sources", "enable", "qingxi", "--reason", "试试")
    assert refused.exit_code == 1 and f"E701: {path}: {missing}" in refused.output.replace("\n", "")
    assert path.read_text() == before
    tried = terminal.minyi("sources", "check", "qingxi")
    assert tried.exit_code == 1 and "E708" in tried.output and site.hits == []


def test_a_bad_file_is_named_with_field_and_reason_and_hides_no_other(terminal: Terminal, site: Replica) -> None:
    terminal.minyi("init")
    write(terminal.home, site, "good", **BASIS)
    bad = write(terminal.home, site, "bad", **BASIS)
    bad.write_text(bad.read_text().replace('first = "1h"', 'first = "one hour"'))
    listed = terminal.minyi("sources", "list")
    assert listed.exit_code == 1 and "good" in listed.output
    with pytest.raises(SourceRefused, match=r"E701: .*bad\.toml: window\.first: expected a length such as"):
        read_source(bad)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"start": ("ftp://example.org",)}, "start: expected an http or https address"),
        ({"spider": "nobody"}, "spider: there is no spider 'nobody'"),
        ({"kind": "weibo"}, "kind: the spider plain reads news, petition, not weibo"),
        ({"night_window": "22-6"}, "night_window: expected hours such as 22:00-06:00"),
        ({"name": "another"}, "name: must be the file's name"),
        ({"colour": "red"}, "colour: there is no such field; see docs/SOURCES.md"),
        ({"legal_bases": "合同"}, "legal_bases: there is no such field; did you mean legal_basis?"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    tmp_path: Path, site: Replica, values: dict[str, object], reason: str
) -> None:
    path = write(tmp_path, site)
    path.write_text(with_values(path.read_text(), values))  # type: ignore[arg-type]
    with pytest.raises(SourceRefused) as refused:
        read_source(path)
    assert str(path) in str(refused.value) and reason in str(refused.value)


def test_parser_settings_are_checked_by_the_spider(tmp_path: Path, site: Replica) -> None:
    path = write(tmp_path, site)
    path.write_text(path.read_text() + "\n[parser]\ncomplete = 'perhaps'\n")
    with pytest.raises(SourceRefused, match=r"parser\.complete"):
        read_source(path)


def test_a_public_host_cannot_be_hurried(tmp_path: Path, site: Replica) -> None:
    path = write(tmp_path, site)
    path.write_text(path.read_text().replace(site.url("/"), "https://www.example.org/"))
    with pytest.raises(SourceRefused, match="rate_seconds: at least 1 for a public host"):
        read_source(path)


def test_a_preset_becomes_a_source_of_ones_own_and_keeps_its_comments(terminal: Terminal) -> None:
    terminal.minyi("init")
    added = terminal.minyi(
        "sources", "add", "county-mailbox", "--name", "qingxi-mailbox", "--title", "清溪县长信箱", "--start",
        "https://qingxi.example/list", "--legal-basis", "条例", "--permission", "授权", "--contact", "a@qingxi.example",
    )  # fmt: skip
    assert added.exit_code == 0
    text = (terminal.home / "sources/qingxi-mailbox.toml").read_text()
    assert "# There is no selector for the author" in text and 'start = ["https://qingxi.example/list"]' in text
    again = terminal.minyi("sources", "add", "county-mailbox", "--name", "qingxi-mailbox")
    assert again.exit_code == 1 and "E709" in again.output


def test_every_preset_that_ships_is_good_and_switched_off() -> None:
    presets = sorted((Path(__file__).parents[2] / "crawlers/sources").glob("*.toml"))
    assert presets
    assert [preset.stem for preset in presets if read_source(preset).enabled] == []
