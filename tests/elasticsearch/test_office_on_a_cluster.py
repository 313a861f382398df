"""A whole office whose index lies on a cluster: import, search, reindex, doctor, and what is at rest there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from elasticsearch import Elasticsearch
from letters import ROAD
from offices import TestOffice, office_in

from api.cli.main import cli
from index import Search
from index.elastic import ElasticSettings
from index.query import Text

LETTER = "进场道路的补偿|青石坳采石场进场道路工程占了我家的地，补偿标准太低，联系电话13900001234，请重新核算。"


@pytest.fixture
def office_on_cluster(
    tmp_path: Path, settings: ElasticSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestOffice]:
    """An office whose settings name the cluster."""
    monkeypatch.setenv("MINYI_INDEX_URL", ",".join(settings.urls))
    monkeypatch.setenv("MINYI_INDEX_NAME", settings.alias)
    with office_in(tmp_path / "office", ROAD) as office:
        yield office
        office.remove_index()


def test_a_letter_goes_all_the_way_and_its_number_stays_behind(
    office_on_cluster: TestOffice, operator: Elasticsearch, settings: ElasticSettings
) -> None:
    office_on_cluster.import_texts([LETTER])
    office_on_cluster.work()
    page = office_on_cluster.index.search(Search(query=Text("补偿标准"), highlight=True))
    assert page.total == 1 and page.hits[0].highlights
    assert not (office_on_cluster.folder / "index").exists()
    at_rest = json.dumps(operator.search(index=settings.alias).body, ensure_ascii=False)
    assert "补偿标准" in at_rest and "13900001234" not in at_rest
    assert office_on_cluster.index.search(Search(query=Text("13900001234"))).total == 0


def test_an_index_that_was_lost_is_rebuilt_by_the_command_that_the_message_names(
    office_on_cluster: TestOffice, operator: Elasticsearch, settings: ElasticSettings
) -> None:
    office_on_cluster.import_texts([LETTER])
    office_on_cluster.work()
    operator.indices.delete(index=f"{settings.alias}-v0001")
    home = ["--home", str(office_on_cluster.folder), "--json"]
    assert json.loads(CliRunner().invoke(cli, ["reindex", *home]).stdout)["documents"] == 1
    assert office_on_cluster.index.search(Search(query=Text("补偿标准"))).total == 1
    assert CliRunner().invoke(cli, ["verify", *home]).exit_code == 0


def test_doctor_names_a_cluster_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with office_in(tmp_path / "office"):
        pass
    monkeypatch.setenv("MINYI_INDEX_URL", "http://127.0.0.1:9")
    run = CliRunner().invoke(cli, ["doctor", "--json", "--home", str(tmp_path / "office")])
    found = {finding["check"]: finding for finding in json.loads(run.stdout)["findings"]}
    assert run.exit_code == 1 and "nothing answers" in json.dumps(found["index can be read"])
