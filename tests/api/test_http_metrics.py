"""/metrics says what stages did, how far they lag and how long things took, and nothing of what texts say."""

from __future__ import annotations

import re
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from county import COMPENSATION, Caller, CountyOffice
from opinions import opinion
from ports import free_port
from prometheus_client.parser import text_string_to_metric_families

from api.exposition import PortTaken, exposed, write_figures
from api.metrics import metrics
from pipeline import meters

STAGES = {(stage, outcome) for stage, outcomes in meters.OUTCOMES.items() for outcome in outcomes}


def figures(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Sample name and labels → value."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(text: str, name: str, **labels: str) -> float:
    return figures(text)[name, frozenset(labels.items())]


def test_the_store_is_counted_by_state_and_the_index_by_its_lag(county: CountyOffice):
    admin = county.caller("admin")
    before = admin.get("/metrics").text
    assert value(before, "minyi_store_up") == 1 and value(before, "minyi_index_lag_changes") == 0
    assert value(before, "minyi_queue_age_seconds") == 0
    assert value(before, "minyi_documents", state="received") == 0
    county.store.withdraw_documents([d.id for d in county.store.documents_of("quarry-road")][:2])
    after = admin.get("/metrics").text
    assert value(after, "minyi_index_lag_changes") == 2 and value(after, "minyi_documents", state="withdrawn") == 2
    assert value(after, "minyi_changes_total") == value(before, "minyi_changes_total") + 2


def test_a_text_that_waits_ages_and_one_set_aside_is_counted_by_its_reason(county: CountyOffice):
    late = opinion("柳湾村的地磅没有公示。", (COMPENSATION, "公示", 0.9), number=70, day=20).document
    county.store.add_documents([late])
    county.store.clock = lambda: late.collected_at + timedelta(hours=2)
    text = county.caller("admin").get("/metrics").text
    assert value(text, "minyi_documents", state="received") == 1
    assert value(text, "minyi_queue_age_seconds") == 7200
    county.store.quarantine(late.id, "analysis", "value_error", late.source)
    text = county.caller("admin").get("/metrics").text
    assert value(text, "minyi_quarantined", stage="analysis", reason="value_error") == 1


def test_requests_are_timed_by_route_template_and_status(county: CountyOffice):
    county.caller("assessor").get("/v1/projects/quarry-road/documents", q="补偿标准", place="柳湾村")
    county.caller("assessor").get("/v1/projects/柳湾村/documents")
    text = county.caller("admin").get("/metrics").text
    route = "/v1/projects/{project_id}/documents"
    assert value(text, "minyi_http_request_seconds_count", route=route, method="GET", status="200") >= 1
    assert value(text, "minyi_http_request_seconds_count", route=route, method="GET", status="404") >= 1
    assert value(text, "minyi_index_seconds_count", operation="search") >= 1
    assert not re.search(r"[^\x00-\x7f]", text) and "quarry" not in text


def test_withheld_cells_are_counted(county: CountyOffice):
    admin, assessor = county.caller("admin"), county.caller("assessor")
    before = value(admin.get("/metrics").text, "minyi_suppressed_cells_total")
    facets = assessor.get("/v1/projects/quarry-road/facets").json()["facets"]
    assert any("value" not in row["count"] for row in facets["attitude"]["values"])
    assert value(admin.get("/metrics").text, "minyi_suppressed_cells_total") > before


def test_every_stage_and_outcome_is_there_from_the_start_and_none_else_is_counted(county: CountyOffice):
    text = county.caller("admin").get("/metrics").text
    there = {
        (labels["stage"], labels["outcome"])
        for (name, found) in figures(text)
        if name == "minyi_stage_total" and (labels := dict(found))
    }
    assert there == STAGES
    with pytest.raises(ValueError, match="no outcome"):
        meters.count("intake", "柳湾村")
    with pytest.raises(KeyError):
        meters.count("gossip", "received")


def test_a_store_that_is_away_is_a_figure_and_the_process_still_answers(county: CountyOffice, monkeypatch):
    monkeypatch.setattr(county.store, "counts_by_state", lambda: 1 / 0)
    text = metrics(county.store)
    assert value(text, "minyi_store_up") == 0 and "minyi_stage_total" in text and "division" not in text


def test_a_port_of_loopback_tells_them_without_a_key_while_the_process_runs(county: CountyOffice):
    port = free_port()
    address = f"http://127.0.0.1:{port}/metrics"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with exposed(county.store, port):
        assert "minyi_documents" in opener.open(address, timeout=30).read().decode()
        with pytest.raises(PortTaken, match="E181"), exposed(county.store, port):
            pass
    with pytest.raises(OSError):
        opener.open(address, timeout=5)


def test_a_run_that_ends_leaves_them_in_a_file(county: CountyOffice, tmp_path: Path):
    write_figures(county.store, tmp_path / "minyi.prom")
    assert value((tmp_path / "minyi.prom").read_text("utf-8"), "minyi_store_up") == 1


def test_alive_asks_nothing_ready_says_which_part_fails_and_why(county: CountyOffice, monkeypatch):
    nobody = Caller(county.app, "nobody", "assessor", None)
    ready = nobody.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    assert [part["name"] for part in ready.json()["parts"]] == ["database", "migrations", "index", "models"]
    monkeypatch.setattr("api.readiness.HEAD", "9999")
    failing = nobody.get("/readyz")
    parts = {part["name"]: part["reason"] for part in failing.json()["parts"]}
    assert failing.status_code == 503 and parts["migrations"] == "other_revision" and parts["database"] is None

    def away() -> None:
        raise RuntimeError("password=hunter2 at db.internal")

    monkeypatch.setattr(county.store, "reading", away)
    failing = nobody.get("/readyz")
    assert failing.status_code == 503 and "hunter2" not in failing.text
    assert {part["name"]: part["reason"] for part in failing.json()["parts"]}["database"] == "out_of_reach"
    assert nobody.get("/livez").json() == {"status": "ok"}
