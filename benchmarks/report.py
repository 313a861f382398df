"""One command, one report with plots: runs the benchmarks, or collects what they left, into a folder.

    python -m benchmarks.report --data ../shared/data --out report            # hours: growth and load are long
    python -m benchmarks.report --data ../shared/data --out report --quick    # tiny sizes: does everything run?
    python -m benchmarks.report --data ../shared/data --out report --only throughput against
    python -m benchmarks.report --out report --collect                        # only puts together what is there

Each benchmark runs in a process of its own, one after the other, and leaves NAME.json, NAME.md and plots in the folder;
``report.html`` (one file) and ``report.md`` hold them all. What is in the folder already is not run again, unless
``--again`` says so, so a report that was cut off goes on; growth and load themselves go on where they were. One that
fails is named in the report with its last lines, and the exit code is 1. ``--quick`` says nothing about speed.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import time
from html import escape
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.sheet import Sheet


class Entry(NamedTuple):
    """A benchmark: its arguments as they are, and for a quick run; ``{…}`` are places. ``plain`` only prints.

    Those that have no small size only show in a quick run that they start.
    """

    title: str
    full: str
    quick: str
    plain: bool = False


ENTRIES: Final = {
    "throughput": Entry(
        "Throughput",
        "--sentences {petitions} --posts {posts} --texts 3000",
        "--sentences {petitions} --posts {posts} --texts 70",
    ),
    "growth": Entry(
        "Growth",
        "--sentences {petitions} --home {home}/growth --up-to 1000000 --measure-to {measure_to}",
        "--sentences {petitions} --home {home}/growth-quick --up-to 1000 --measure-to 100",
    ),
    "against": Entry("Against", "--data {data} --documents 100000", "--data {data} --documents 300 --train 300"),
    "load": Entry(
        "Load",
        "--sentences {petitions} --home {home}/load --readers 100 --import 50000 --minutes {minutes}",
        "--sentences {petitions} --home {home}/load-quick --readers 5 --import 60 --minutes 0.5 --before 300 --think 1",
    ),
    "redaction": Entry("Redaction, one core", "{petition_file}", "", plain=True),
    "linking": Entry("Linking", "--data {data}", "--help", plain=True),
    "reading": Entry("Reading, beside jieba alone", "{petition_file}", "{petition_file} --texts 20", plain=True),
    "importing": Entry("Importers", "", "--rows 300 600", plain=True),
    "search": Entry(
        "Search",
        "--sentences {petitions} --folder {home}/search --documents 1000000 --beside 100000",
        "--sentences {petitions} --documents 2000 --beside 1000",
        plain=True,
    ),
    "counts": Entry(
        "Counts under k-anonymity",
        "--sentences {petitions} --documents 20000",
        "--sentences {petitions} --documents 300 --runs 2",
        plain=True,
    ),
    "rules": Entry(
        "Saved rules",
        "--sentences {petitions}",
        "--sentences {petitions} --rules 20 --documents 300",
        plain=True,
    ),
    "crawling": Entry("Crawling", "", "--help", plain=True),
    "charts": Entry("Charts", "", "", plain=True),
    "metrics": Entry("Being asked for figures", "--texts 300000", "--texts 300", plain=True),
}
STYLE: Final = (
    "body{font:15px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#33404d}"
    "table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:bold}"
    "td,th{border:1px solid #dde3e8;padding:.2rem .5rem;text-align:right}td:first-child,th:first-child{text-align:left}"
    "pre{background:#f5f6f7;padding:.6rem;overflow:auto}figure{margin:1rem 0}svg{max-width:100%;height:auto}"
)


def run(name: str, arguments: list[str], folder: Path) -> bool:
    """Runs one benchmark; whether it ended well. What it said on stderr goes on to the user."""
    entry, log = ENTRIES[name], folder / f"{name}.log"
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments, *([] if entry.plain else ["--out", str(folder)])]
    with log.open("w+", encoding="utf-8") as said:
        done = subprocess.run(command, stdout=said, stderr=subprocess.STDOUT if entry.plain else None, check=False)
        said.seek(0)
        printed = said.read().strip()
    shown = f"python -m benchmarks.{name} {shlex.join(arguments)}".strip()
    if done.returncode:
        last = "\n".join(printed.splitlines()[-12:])
        failed = Sheet(f"{name}.failed", f"{entry.title}: failed", shown[:400], printed=last)
        failed.notes = [f"It ended with {done.returncode}; what it said stands in {log.name} and above."]
        failed.save(folder)
        return False
    (folder / f"{name}.failed.json").unlink(missing_ok=True)
    (folder / f"{name}.failed.md").unlink(missing_ok=True)
    if entry.plain:
        Sheet(name, entry.title, shown[:400], printed=printed).save(folder)
    return True


def collect(folder: Path, quick: bool) -> list[str]:
    """Writes report.md and report.html of all sheets in the folder; their names."""
    order = [f"{name}{ending}" for name in ENTRIES for ending in ("", ".failed")]
    files = sorted(folder.glob("*.json"), key=lambda f: order.index(f.stem) if f.stem in order else len(order))
    sheets = [Sheet.load(file) for file in files]
    told = "A quick run with tiny sizes: it shows that all runs, its figures say nothing about speed." if quick else ""
    head = "# Minyi: benchmarks\n\n" + (f"{told}\n\n" if told else "")
    (folder / "report.md").write_text(head + "\n".join(sheet.markdown() for sheet in sheets), "utf-8")
    page = "\n".join(sheet.html() for sheet in sheets)
    (folder / "report.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Minyi: benchmarks</title><style>{STYLE}</style>'
        f"<h1>Minyi: benchmarks</h1><p>{escape(told)}</p>{page}</html>\n",
        "utf-8",
    )
    return [sheet.name for sheet in sheets]


def arguments_of(entry: Entry, asked: argparse.Namespace) -> list[str]:
    """The arguments with the data's files in their places."""
    petitions = [str(file) for file in sorted((asked.data / "petitions").glob("*.jsonl.gz"))]
    places = {
        "data": str(asked.data), "posts": str(asked.data / "nlp/weibo_2020_unlabelled/sample.jsonl.gz"),
        "home": str(asked.home or asked.out / "homes"), "petition_file": petitions[0],
        "minutes": f"{asked.minutes:g}", "measure_to": str(asked.measure_to),
    }  # fmt: skip
    found: list[str] = []
    for word in (entry.quick if asked.quick else entry.full).split():
        found += petitions if word == "{petitions}" else [word.format(**places)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with petitions/, grievances/, linking/ and nlp/")
    parser.add_argument("--out", type=Path, required=True, help="folder of the report")
    parser.add_argument("--home", type=Path, help="folder of offices that are kept to go on (default: OUT/homes)")
    parser.add_argument("--quick", action="store_true", help="tiny sizes")
    parser.add_argument("--only", nargs="+", choices=list(ENTRIES), default=list(ENTRIES), metavar="NAME")
    parser.add_argument("--again", action="store_true", help="also run what is in the folder already")
    parser.add_argument("--collect", action="store_true", help="run nothing, put together what is there")
    parser.add_argument("--minutes", type=float, default=30.0, help="of the load; 180 is the soak (default 30)")
    parser.add_argument("--measure-to", type=int, default=100_000, help="growth: beyond is extrapolated")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    failed: list[str] = []
    if not asked.collect:
        if asked.data is None or not list((asked.data / "petitions").glob("*.jsonl.gz")):
            parser.error("--data: a folder with petitions/*.jsonl.gz is needed to run anything (or give --collect)")
        names = [one for one in asked.only if asked.again or not (asked.out / f"{one}.json").exists()]
        for number, name in enumerate(names, start=1):
            print(f"{time.strftime('%H:%M:%S')} {number}/{len(names)} {name}", file=sys.stderr, flush=True)
            if not run(name, arguments_of(ENTRIES[name], asked), asked.out):
                failed.append(name)
                print(f"  {name} failed; see {asked.out / name}.log", file=sys.stderr, flush=True)
            collect(asked.out, asked.quick)
    found = collect(asked.out, asked.quick)
    print(f"{asked.out / 'report.html'}: {', '.join(found) or 'nothing yet'}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
