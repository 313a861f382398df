"""The demonstration (``make demo``): imports the examples, crawls an example site, works, and shows the risk points."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import click

from examples.people import PEOPLE, invited
from examples.site import SOURCES, CountySite

FOLDER: Final = Path(__file__).parent
FILES: Final = (
    ("petitions_ring_road.xlsx", "petition"),
    ("petitions_waste_plant.csv", "petition"),
    ("hotline.jsonl", "hotline"),
    ("weibo.jsonl", "weibo"),
    ("news.jsonl", "news"),
)
PERIOD: Final = ("--since", "2026-04-01", "--until", "2026-10-01")
"""When the texts of the example site were published."""
PURPOSE: Final = "risk_identification"
SETTINGS: Final = """\
# The examples are few: quotes are shown from three distinct voices on, the floor that P-06 allows (default 5).
k_anonymity = 3
"""


@click.command()
@click.option("--home", type=click.Path(path_type=Path), required=True, help="Data folder of the demonstration.")
def main(home: Path) -> None:
    """Runs the commands that a user would run, and shows each of them."""
    minyi = [str(Path(sys.executable).parent / "minyi")]
    say(f"1. An office for two decision projects, in {home}/")
    run([*minyi, "init", "--home", str(home)])
    (home / "minyi.toml").write_text(SETTINGS, "utf-8")
    run([*minyi, "projects", "import", str(FOLDER / "projects.jsonl"), "--home", str(home)])
    say("2. Petitions, hotline calls, Weibo posts and news: read, redacted, stored (what is known already stays)")
    for name, kind in FILES:
        rejects = home / f"rejects_{Path(name).stem}.csv"
        arguments = ["--kind", kind, "--rejects", str(rejects), "--no-work", "--home", str(home)]
        run([*minyi, "import", str(FOLDER / name), *arguments])
    say(
        "3. A county's mailbox, news and notices: an invented site on loopback, crawled (each source switched on first)"
    )
    with CountySite() as site:
        site.deploy(home)
        for name in SOURCES:
            run([*minyi, "sources", "enable", name, "--reason", "示例", "--home", str(home)])
        run([*minyi, "crawl", *SOURCES, *PERIOD, "--no-work", "--home", str(home)])
    say("4. Analysed, linked to the projects, indexed, and risk points proposed")
    run([*minyi, "work", "--home", str(home)])
    say("5. The risk-point candidates, each with the words it rests on")
    for project_id in ("qingtan-east-ring", "luting-waste-to-energy"):
        run([*minyi, "risk-points", project_id, "--purpose", PURPOSE, "--home", str(home)])
    say("6. What an official notice proposes as a milestone, with the clock of its statute; a person decides")
    run([*minyi, "projects", "milestones", "qingtan-east-ring", "--purpose", PURPOSE, "--home", str(home)])
    say("Open the evidence behind a candidate (its id stands under its factor), or search:")
    for command in (
        f"risk-points qingtan-east-ring --purpose {PURPOSE} --evidence ID",
        f"search 过渡费 --project qingtan-east-ring --purpose {PURPOSE}",
        "sources status",
    ):
        click.echo(f"  .venv/bin/minyi {command} --home {home}")
    say("7. The same in a browser: serve the console, then sign in as one of these people of the demonstration")
    click.echo(f"  .venv/bin/minyi serve --home {home}")
    click.echo(
        "  Each link works once, for 24 hours, and asks for a password; /tour shows the role's pages in two minutes."
    )
    for person, address in zip(PEOPLE, invited(home), strict=True):
        click.echo(f"  {person.role:<22}{address}")


def say(line: str) -> None:
    """A heading."""
    click.echo()
    click.secho(line, bold=True)


def run(command: list[str]) -> None:
    """Shows a command and runs it; what fails ends the demonstration."""
    shown = " ".join(["minyi", *command[1:]])
    click.secho(f"$ {shown}", dim=True)
    sys.stdout.flush()
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
