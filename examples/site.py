"""A small invented county site on loopback that ``make demo`` crawls: mailbox, news, notices (``source/site.yaml``).

Run it alone with ``python -m examples.site`` and look at it in a browser.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, Final, Self

import click
import yaml
from aiohttp import web

FOLDER: Final = Path(__file__).parent
PORT: Final = 47613
"""The site's port where it is free: addresses stay the same when the demonstration is run again."""
PLACEHOLDER: Final = f"127.0.0.1:{PORT}"
"""How the files in ``sources/`` name the site."""
SOURCES: Final = ("qingtan-mailbox", "qingtan-news", "qingtan-notices")


class CountySite:
    """The site, served while the context lasts."""

    def __init__(self, port: int = PORT) -> None:
        self._wanted = port
        self._pages = dict(pages())
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port = 0

    @property
    def host(self) -> str:
        """``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise click.ClickException("the example site did not start; loopback may be closed on this machine")
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def deploy(self, home: Path) -> None:
        """Puts the source files into a data folder, with the address where the site is served now."""
        folder = home / "sources"
        folder.mkdir(parents=True, exist_ok=True)
        for name in SOURCES:
            written = (FOLDER / "sources" / f"{name}.toml").read_text("utf-8")
            (folder / f"{name}.toml").write_text(written.replace(PLACEHOLDER, self.host), "utf-8")

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._begin())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._runner.cleanup())

    async def _begin(self) -> None:
        application = web.Application()
        application.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._wanted).start()
        except OSError:  # somebody else has the port
            await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def _answer(self, request: web.Request) -> web.Response:
        page = self._pages.get(request.path)
        if page is None:
            return web.Response(status=404)
        kind = "text/plain" if request.path == "/robots.txt" else "text/html"
        return web.Response(text=page, content_type=kind, charset="utf-8")


def pages() -> Iterator[tuple[str, str]]:
    """Path and content of every page of the site."""
    told: dict[str, list[dict[str, Any]]] = yaml.safe_load((FOLDER / "source" / "site.yaml").read_text("utf-8"))
    yield "/robots.txt", "User-agent: *\nDisallow: /admin/\n"
    yield "/", _page("青檀县人民政府", "<a href=/xx/>县长信箱</a> <a href=/xw/>新闻</a> <a href=/gg/>公告公示</a>")
    yield "/xx/", _list("县长信箱", [(f"/xx/show-{one['id']}.html", one) for one in told["mailbox"]])
    yield from ((f"/xx/show-{one['id']}.html", _letter(one)) for one in told["mailbox"])
    for path, name, articles in (("/xw/", "新闻", told["news"]), ("/gg/", "公告公示", told["notices"])):
        yield path, _list(name, [(one["path"], one) for one in articles])
        yield from ((one["path"], _article(one)) for one in articles)


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><div class=nav><a href=/>首页</a></div>{body}<div class=foot>示例网站，内容全部虚构</div></body></html>"
    )


def _list(name: str, rows: list[tuple[str, dict[str, Any]]]) -> str:
    newest = sorted(rows, key=lambda row: str(row[1]["time"]), reverse=True)
    listed = "".join(
        f'<li><a href="{path}">{escape(one["title"])}</a><span class=date>{str(one["time"])[:10]}</span></li>'
        for path, one in newest
    )
    return _page(name, f"<h2>{name}</h2><ul class=list>{listed}</ul>")


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))


def _letter(one: dict[str, Any]) -> str:
    """A petition as such boards show it; who wrote it stands there, and is never taken."""
    reply = (
        f"<div class=reply><span class=unit>{escape(one['reply_unit'])}</span>"
        f"<span class=time>{one['reply_time']}</span>"
        f"<div class=text>{_paragraphs(one['reply'])}</div></div>"
        if "reply" in one
        else ""
    )
    return _page(
        one["title"],
        f"<h1>{escape(one['title'])}</h1><div class=meta>写信人：<span class=who>{escape(one['who'])}</span> "
        f"写信时间：<span class=time>{one['time']}</span> 状态：<span class=state>{one['state']}</span></div>"
        f"<div class=letter>{_paragraphs(one['text'])}</div>{reply}",
    )


def _article(one: dict[str, Any]) -> str:
    unit = one.get("unit", "青檀新闻网")
    return _page(
        one["title"],
        f"<h1>{escape(one['title'])}</h1><div class=meta><span class=source>来源：{unit}</span> "
        f"发布时间：{one['time']}</div><div class=content>{_paragraphs(one['text'])}</div>",
    )


@click.command()
@click.option("--port", default=PORT, show_default=True)
def main(port: int) -> None:
    """Serves the site until Ctrl-C."""
    with CountySite(port) as site:
        click.echo(f"http://{site.host}/  (Ctrl-C ends it)")
        threading.Event().wait()


if __name__ == "__main__":
    main()
