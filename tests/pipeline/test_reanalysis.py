"""Re-analysis: killed anywhere it goes on, several share it, new texts come first, nothing that people did changes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from letters import decision
from offices import TestOffice, office_in, petition

from api.cli.main import cli
from api.cli.projects import read_projects
from crawlers.importers import Good, open_source
from pipeline.reanalysis import begin, go_on, versions_of
from pipeline.records import DecisionProject
from pipeline.store.reanalysis import Scope
from pipeline.work import work

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
PLANT = "luting-waste-to-energy"
ROWS = 8
KILLS = 6


def letters() -> Iterator[Any]:
    rows = [row for row in open_source(EXAMPLES / "petitions_waste_plant.csv") if isinstance(row, Good)]
    for item in [item for row in rows for item in row.items][:ROWS]:
        item.collected_at = datetime(2026, 10, 1, tzinfo=UTC)
        item.author_key = item.author_key or item.item_key
        yield item


def renamed(projects: list[DecisionProject]) -> list[DecisionProject]:
    """The registry with one more alias: every text is then of another version."""
    return [
        one.model_copy(update={"aliases": (*one.aliases, "鹭汀焚烧站")}) if one.id == PLANT else one for one in projects
    ]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose texts were read, and whose registry has changed since; a person accepted one candidate."""
    folder = tmp_path_factory.mktemp("reanalysis") / "before"
    with office_in(folder, *read_projects(EXAMPLES / "projects.jsonl")[0]) as office:
        office.receive(letters())
        office.work()
        point = office.store.risk_points(PLANT).rows[0]
        office.store.add_decision(decision(1, point.id, "edit", changes={"attention": "verify_first"}))
        office.store.add_decision(decision(2, point.id, "accept"))
        office.register(renamed(office.store.projects()))
    return folder


def job(folder: Path) -> None:
    with TestOffice.open(folder) as office:
        usual = versions_of(office)
        begin(office, Scope(), usual)
        go_on(office, usual)


def everything(folder: Path) -> dict[str, Any]:
    """All that re-analysis may touch, without moments and run ids."""
    with TestOffice.open(folder) as office:
        ids = [document.id for document in office.documents()]
        index = office.index.get(ids)
        newest = office.store.snapshots_of(PLANT)[-1].number
        content = office.store.snapshot_content(PLANT, newest)
        return {
            "analyses": {key: [a.canonical_json() for a in office.store.analyses_of(key)] for key in ids},
            "current": {key: a.canonical_json() for key, a in office.store.current_analyses(ids).items()},
            "states": office.store.counts_by_state(),
            "index": sorted((e.id, e.text, e.project_ids, e.factors) for e in index.values()),
            "candidates": {
                p.id: [
                    (s.human, s.candidate.canonical_json()) for s in office.store.risk_points(p.id).rows if s.candidate
                ]
                for p in office.store.projects()
            },
            "content": (dict(content.points), sorted(content.passages), dict(content.readings)),
            "runs": [(run.state, run.texts, run.read, run.failed) for run in office.store.analysis_runs()],
        }


def run(folder: Path, kill_after: float | None = None) -> bool:
    """The job in a process of its own, killed after so many seconds; whether it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            job(folder)
            os._exit(0)
        except BaseException:
            os._exit(1)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        assert os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)


@pytest.fixture(scope="module")
def undisturbed(before: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    folder = tmp_path_factory.mktemp("reanalysis") / "undisturbed"
    shutil.copytree(before, folder)
    started = time.monotonic()
    run(folder)
    return folder, time.monotonic() - started


def test_superseded_analyses_and_human_values_stay(before: Path, undisturbed: tuple[Path, float]) -> None:
    was, now = everything_of_analyses(before), everything(undisturbed[0])
    assert now["runs"] == [("done", ROWS, ROWS, 0)]
    for document_id, (old,) in was.items():
        assert now["analyses"][document_id] == [now["current"][document_id], old] and now["current"][document_id] != old
    assert {"attention": "verify_first"} in [human for human, _ in now["candidates"][PLANT]]
    assert sum('"state":"accepted"' in candidate for _, candidate in now["candidates"][PLANT]) == 1


def everything_of_analyses(folder: Path) -> dict[str, list[str]]:
    with TestOffice.open(folder) as office:
        ids = [document.id for document in office.documents()]
        return {key: [a.canonical_json() for a in office.store.analyses_of(key)] for key in ids}


def test_killed_anywhere_and_run_again_it_ends_like_one_that_nobody_disturbed(
    before: Path, undisturbed: tuple[Path, float], tmp_path: Path
) -> None:
    reference, seconds = undisturbed
    expected, rng, survived = everything(reference), random.Random(20261127), 0
    for number in range(KILLS):
        folder = tmp_path / str(number)
        shutil.copytree(before, folder)
        survived += run(folder, kill_after=rng.uniform(0.05, 0.95) * seconds)
        run(folder)
        assert everything(folder) == expected, f"kill {number}"
    assert survived < KILLS


def test_two_at_once_read_what_one_reads(before: Path, undisturbed: tuple[Path, float], tmp_path: Path) -> None:
    folder = tmp_path / "two"
    shutil.copytree(before, folder)
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            try:
                job(folder)
                os._exit(0)
            except BaseException:
                os._exit(1)
        children.append(child)
    assert [os.WEXITSTATUS(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    run(folder)  # whoever ends while the other writes the index leaves that to the next
    expected, found = everything(undisturbed[0]), everything(folder)
    assert {key: value for key, value in found.items() if key != "runs"} == {
        key: value for key, value in expected.items() if key != "runs"
    }
    assert sum(texts for _, texts, _, _ in found["runs"]) == ROWS


def test_a_repeat_reads_nothing_and_says_so(undisturbed: tuple[Path, float], tmp_path: Path) -> None:
    folder = tmp_path / "again"
    shutil.copytree(undisturbed[0], folder)
    expected = everything(folder)
    assert "Nothing to read" in minyi(folder, "analyse", "--all").output
    assert everything(folder) == expected
    assert "0 of 8 texts" in minyi(folder, "analyse", "--all", "--dry-run").output
    assert minyi(folder, "analyse").exit_code == 2


def test_a_run_can_be_compared_with_what_was_before(undisturbed: tuple[Path, float], tmp_path: Path) -> None:
    folder = tmp_path / "compared"
    shutil.copytree(undisturbed[0], folder)
    listed = minyi(folder, "analyse", "--list").output
    run_id = listed.split()[0]
    assert "done" in listed and "8 of 8 read" in listed
    asked = ("--from", f"before:{run_id}", "--to", run_id, "--purpose", "risk_identification")
    assert minyi(folder, "diff", PLANT, *asked).exit_code == 0
    with TestOffice.open(folder) as office:
        document = office.documents()[0].id
    history = minyi(folder, "analyse", "--history", document, "--purpose", "risk_identification").output
    assert [line.split()[0] for line in history.splitlines()] == ["current", "superseded"]


def test_the_versions_from_before_find_the_same_bytes_again(
    before: Path, undisturbed: tuple[Path, float], tmp_path: Path
) -> None:
    folder = tmp_path / "back"
    shutil.copytree(undisturbed[0], folder)
    was = everything_of_analyses(before)
    with TestOffice.open(folder) as office:
        office.register(read_projects(EXAMPLES / "projects.jsonl")[0])
    assert "8 texts read again" in minyi(folder, "analyse", "--all").output
    now = everything(folder)
    assert now["current"] == {document_id: old for document_id, (old,) in was.items()}
    assert all(len(analyses) == 2 for analyses in now["analyses"].values()), "equal bytes are kept once"


def test_new_texts_are_read_first_and_the_scope_holds(before: Path, tmp_path: Path) -> None:
    folder = tmp_path / "first"
    shutil.copytree(before, folder)
    with TestOffice.open(folder) as office:
        usual = versions_of(office)
        assert begin(office, Scope(source_kind="hotline"), usual) is None
        assert begin(office, Scope(since=datetime(2100, 1, 1, tzinfo=UTC)), usual) is None
        begun = begin(office, Scope(project_id=PLANT), usual)
        office.receive([petition("焚烧厂选址太近|鹭汀垃圾焚烧厂离我们小区不到三百米，请重新选址。", 99)])
        new = next(document for document in office.documents() if "三百米" in document.text)
        order: list[str] = []
        finish = office.store.complete_analyses
        office.store.complete_analyses = lambda batch: finish(  # type: ignore[method-assign]
            [order.append(one.document_id) or one for one in batch]  # type: ignore[func-returns-value]
        )
        told = go_on(office, usual)
        assert begun is not None and told.read == begun.texts and told.new.analysed == 1
        assert order[0] == new.id and [one.id for one in told.ended] == [begun.id]


def test_what_another_model_read_stays_until_the_settings_name_another(before: Path, tmp_path: Path) -> None:
    from tiny_transformer import write_model

    folder = tmp_path / "model"
    shutil.copytree(before, folder)
    with TestOffice.open(folder) as office:
        work(office)
        usual = versions_of(office)
    model = write_model(tmp_path / "tiny")
    said = minyi(folder, "analyse", "--all", "--model", str(model))
    assert said.exit_code == 0 and "8 texts read again" in said.output
    with TestOffice.open(folder) as office:
        assert versions_of(office) == usual
        assert work(office).analysed == 0
        read = {a.versions.model for a in office.store.current_analyses(d.id for d in office.documents()).values()}
        assert len(read) == 1 and read != {usual.model}
    assert "8 texts read again" in minyi(folder, "analyse", "--all").output
    with TestOffice.open(folder) as office:
        assert all(len(office.store.analyses_of(d.id)) == 3 for d in office.documents())
    (tmp_path / "empty").mkdir()
    refused = minyi(folder, "analyse", "--all", "--model", str(tmp_path / "empty"))
    assert refused.exit_code == 1 and "E173" in refused.output


def minyi(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--home", str(folder)])
