"""The entry point: lists the commands and loads only the one that runs, so that ``minyi --help`` is immediate."""

from __future__ import annotations

import importlib
import io
import sys
from typing import Final

import click

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "init": ("api.cli.init", "Create the data folder and its settings."),
    "projects": ("api.cli.projects", "Register decision projects and list them."),
    "import": ("api.cli.import_", "Import petitions from CSV, XLSX, JSONL or folders of letters."),
    "sources": ("api.cli.sources", "List, try, enable and disable the sources that are crawled."),
    "crawl": ("api.cli.crawl", "Read sources: news, Weibo, petition boards, notices."),
    "work": ("api.cli.work", "Analyse, link, index and propose until nothing is left to do."),
    "analyse": ("api.cli.analyse", "Read stored texts again with the present or another model; the runs so far."),
    "search": ("api.cli.search", "Search the opinion on a project."),
    "risk-points": ("api.cli.risk_points", "Show the risk-point candidates of a project with their evidence."),
    "matters": ("api.cli.matters", "What the texts on a project say about the same thing, and how it was answered."),
    "coverage": ("api.cli.coverage", "What was found, what was searched and is empty, what was not searched."),
    "diff": ("api.cli.diff", "What changed about the candidates between two moments or versions, and why."),
    "certificate": ("api.cli.certificate", "What was searched for and not found, as a signed record."),
    "bundle": ("api.cli.bundle", "A candidate with its evidence as a signed archive."),
    "decide": ("api.cli.decide", "Accept, edit, merge or reject a candidate; confirm, close or reopen; undo."),
    "tables": ("api.cli.tables", "The assessor's tables T3 to T7 and T9 as XLSX or DOCX, with evidence numbers."),
    "share": ("api.cli.share", "Data sharing by contract: conclude, use, end, and report what was given out."),
    "process": ("api.cli.process", "The checklist of an assessment, its stages, and what recurs after closing."),
    "dispatch": ("api.cli.dispatch", "Dispatches: proposed to units, confirmed by a person, answered, closed."),
    "alerts": ("api.cli.alerts", "Incidents: when opinion rises beyond a project's habit, why, and what was done."),
    "subscribers": ("api.cli.subscribers", "Who is told of incidents, over which channel, and what did not arrive."),
    "webhooks": ("api.cli.webhooks", "Other systems that are told of changed risk points, and what did not arrive."),
    "annotate": ("api.cli.annotate", "JSONL filter: grievances, factors and places of each text."),
    "redact": ("api.cli.redact", "JSONL filter: remove personal data from each text."),
    "extract": ("api.cli.extract", "JSONL filter: title, text and time of each news page."),
    "detect": ("api.cli.detect", "JSONL filter: when counts rise beyond each series' own habit."),
    "forecast": ("api.cli.forecast", "Volume of the coming days, and how it moved around milestones elsewhere."),
    "bulletin": ("api.cli.bulletin", "The weekly bulletin (周通报) of a region as HTML or DOCX."),
    "evaluate": ("api.cli.evaluate", "Measure predictions against labelled texts."),
    "train": ("api.cli.train", "Train the language model on labelled texts, stage by stage."),
    "export-labels": ("api.cli.export_labels", "What assessors decided, as rows to train on."),
    "serve": ("api.cli.serve", "Serve the console and the HTTP interface."),
    "keys": ("api.cli.keys", "Issue and revoke API keys."),
    "accounts": ("api.cli.accounts", "Create, list and disable accounts for the console."),
    "reindex": ("api.cli.reindex", "Rebuild the search index from the store."),
    "audit": ("api.cli.audit", "Show the audit trail and verify its hash chain."),
    "verify": ("api.cli.verify", "Check that store, index and evidence agree, or that a signed file is whole."),
    "backup": ("api.cli.backup", "Copy the store, keys and settings while Minyi runs, and verify the copy."),
    "restore": ("api.cli.restore", "Make a data folder of a backup; what was withdrawn since stays away."),
    "purge": ("api.cli.purge", "Remove what is past its time (P-11)."),
    "erase": ("api.cli.erase", "Erase texts on an objection or a source's demand (P-12)."),
    "doctor": ("api.cli.doctor", "Check the installation and say what to do."),
}
"""Name → (module that holds ``command``, one line for the overview)."""


class _Commands(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


cli = _Commands(
    name="minyi",
    help="Minyi (民意): from what people say about a decision project to evidence-backed risk-point candidates.",
    epilog="Exit codes: 0 ok, 1 failed, 2 usage. Every command has --help with examples and, for results, --json.",
)

click.version_option(package_name="minyi", message="%(prog)s %(version)s")(cli)


def main() -> None:
    """Runs the command line; a failure prints one clear line on stderr and exits with 1, wrong usage with 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console of another encoding shows ? and does not crash
    try:
        sys.exit(cli.main(standalone_mode=True, prog_name="minyi"))
    except BrokenPipeError:
        sys.exit(1)
