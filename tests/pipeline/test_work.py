"""The work: the same candidates in whatever order texts arrive, by however many processes, and after every re-run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from offices import TestOffice, office_in

from api.cli.projects import read_projects
from pipeline.store.decoded import everything
from pipeline.work import work

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
FILES = (("petitions_waste_plant.csv", "petition"), ("hotline.jsonl", "hotline"), ("weibo.jsonl", "weibo"))


def office_with(folder: Path, files: Sequence[tuple[str, str]], keys: Path | None = None) -> TestOffice:
    """An office that took the files in, in this order, and worked after each."""
    if keys:
        shutil.copytree(keys, folder / "keys")
    office = office_in(folder, *read_projects(EXAMPLES / "projects.jsonl")[0])
    for name, kind in files:
        office.import_file(EXAMPLES / name, source_kind=kind)
        office.work()
    return office


def candidates(office: TestOffice) -> dict[str, str]:
    pages = (office.store.risk_points(project.id, limit=1000) for project in office.store.projects())
    return {row.id: row.candidate.canonical_json() for page in pages for row in page.rows if row.candidate}


@pytest.fixture(scope="module")
def forward(tmp_path_factory: pytest.TempPathFactory) -> TestOffice:
    return office_with(tmp_path_factory.mktemp("work") / "forward", FILES)


def test_the_order_of_arrival_changes_no_candidate(forward: TestOffice, tmp_path: Path) -> None:
    backward = office_with(tmp_path / "backward", FILES[::-1], forward.folder / "keys")
    assert len(candidates(forward)) > 10
    assert candidates(backward) == candidates(forward)


def test_a_second_run_of_the_work_does_nothing(forward: TestOffice) -> None:
    before = candidates(forward)
    done = forward.work()
    assert (done.analysed, done.indexed, done.projects) == (0, 0, 0)
    assert candidates(forward) == before


def test_a_worker_keeps_no_record_that_only_pages_ask_for_again(forward: TestOffice) -> None:
    assert candidates(forward) and sum(map(len, everything)) > 0
    forward.work()
    assert sum(map(len, everything)) == 0


def test_who_stays_open_after_its_work_keeps_nobody_from_indexing(tmp_path: Path) -> None:
    with office_in(tmp_path / "office") as server, office_in(tmp_path / "office") as worker:
        for number, office in enumerate((server, worker, server), 1):
            office.import_texts([f"路灯坏了|柳湾村第{number}组的路灯坏了，请修。"])
            assert not office.work().index_busy
            assert server.index.last_sequence() == worker.index.last_sequence() == office.store.outbox_end()


def test_several_processes_find_what_one_finds(forward: TestOffice, tmp_path: Path) -> None:
    shutil.copytree(forward.folder / "keys", tmp_path / "many" / "keys")
    with office_in(tmp_path / "many", *forward.store.projects(), processes=2) as office:
        for name, kind in FILES:
            office.import_file(EXAMPLES / name, source_kind=kind)
        assert work(office).analysed > 60, "few enough for one process: this tried nothing"
        assert candidates(office) == candidates(forward)


def test_a_changed_registry_links_every_text_anew(forward: TestOffice, tmp_path: Path) -> None:
    shutil.copytree(forward.folder, tmp_path / "changed")
    projects = {project.id: project for project in forward.store.projects()}
    with office_in(tmp_path / "changed") as office:
        elsewhere = projects["luting-waste-to-energy"].model_copy(
            update={"name_zh": "某处另一项目", "aliases": (), "places": ("某处",), "keywords": (), "impact_area": ()}
        )
        office.register([elsewhere])
        assert office.work().analysed == len(office.documents())
        assert office.risk_points("luting-waste-to-energy") == []


def test_every_passage_of_every_candidate_opens_in_its_stored_text(forward: TestOffice) -> None:
    opened = 0
    for project in forward.store.projects():
        for row in forward.store.risk_points(project.id, limit=1000).rows:
            assert row.candidate is not None
            for passage in (*row.candidate.evidence, *row.candidate.counter_evidence, *row.candidate.residues):
                document = forward.store.document(passage.document_id)
                assert document is not None and passage.quote(document).strip()
                opened += 1
    assert opened > 50


def test_at_least_25_factors_of_the_examples_are_labelled_by_those_who_wrote_them() -> None:
    rows = [json.loads(line) for line in (EXAMPLES / "expected.jsonl").read_text("utf-8").splitlines()]
    assert len({code for row in rows if row["project_id"] for code in row["factors"]}) >= 25
