"""What goes wrong is answered as a problem, and neither answers nor logs hold content or stack traces."""

from __future__ import annotations

import logging
import shutil

import pytest
from county import COMPENSATION, CountyOffice
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from pipeline.tracing import traced_by

ADDRESS = "/v1/projects/quarry-road/documents"
TYPED = "柳湾村的补偿标准"


def spoil(county: CountyOffice) -> None:
    """Has the store hold a risk point that is none."""
    with county.store.transaction() as connection:
        spoilt = text("UPDATE risk_points SET payload = :p WHERE id = :id")
        connection.execute(spoilt, {"p": '{"factor": "柳湾村的秘密"}', "id": county.point(COMPENSATION)})
    county.store.read_anew()


def test_a_trace_tells_where_a_request_failed(county: CountyOffice):
    spoil(county)
    kept = InMemorySpanExporter()
    with traced_by(SimpleSpanProcessor(kept)):
        county.caller("assessor").get(f"/v1/risk-points/{county.point(COMPENSATION)}")
    [told] = [dict(one.attributes or {}) for one in kept.get_finished_spans() if one.name == "request"]
    assert told == {"minyi.method": "GET", "minyi.route": "/v1/risk-points/{risk_point_id}", "minyi.status": 500}


def test_an_unexpected_failure_names_an_incident_and_nothing_else(county: CountyOffice, caplog):
    spoil(county)
    with caplog.at_level(logging.DEBUG):
        answer = county.caller("assessor").get(f"/v1/risk-points/{county.point(COMPENSATION)}")
    assert (answer.status_code, answer.json()["code"]) == (500, "E390")
    assert answer.headers["content-type"] == "application/problem+json"
    logged = "\n".join(caplog.handler.format(record) for record in caplog.records if record.name.startswith("minyi"))
    assert answer.json()["incident"] in logged and "ValidationError" in logged
    for said in (answer.text, logged):
        assert "秘密" not in said and "Traceback" not in said and "柳湾村" not in said


def test_the_log_names_routes_and_never_what_was_asked(county: CountyOffice, caplog):
    with caplog.at_level(logging.DEBUG):
        county.caller("assessor").get(ADDRESS, q=TYPED, place="柳湾村")
        county.caller("assessor").get("/v1/projects/柳湾村/documents")
        county.caller("assessor").get("/柳湾村")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("minyi")]
    assert [line.rsplit(" ", 2)[0] for line in ours] == [
        "GET /v1/projects/{project_id}/documents 200",
        "GET /v1/projects/{project_id}/documents 404",
        "GET (no such route) 404",
    ]


def test_an_unusable_index_says_which_command_helps_and_the_rest_goes_on(county: CountyOffice):
    assessor = county.caller("assessor")
    assert assessor.get("/healthz").json()["status"] == "ok"
    for folder in county.office.settings.index_folder.glob("v*"):
        shutil.rmtree(folder)
    answer = assessor.get(ADDRESS)
    assert (answer.status_code, answer.json()["code"]) == (503, "E604") and "minyi reindex" in answer.json()["detail"]
    assert assessor.get("/v1/projects/quarry-road/risk-points").status_code == 200
    health = assessor.get("/healthz")
    assert health.status_code == 503
    assert (health.json()["store"], health.json()["index"], health.json()["status"]) == ("ok", "failing", "failing")


def test_health_tells_the_backlog_and_needs_no_key(county: CountyOffice):
    from county import Caller

    nobody = Caller(county.app, "nobody", "assessor", None)
    assert nobody.get("/healthz").json()["unindexed"] == 0
    county.store.withdraw_documents([d.id for d in county.store.documents_of("quarry-road")][:2])
    assert nobody.get("/healthz").json()["unindexed"] == 2
    assert county.events() == []


def test_what_the_database_complains_of_does_not_repeat_the_text(county: CountyOffice):
    statement = text("INSERT INTO documents (id, body) VALUES (:id, :body)")
    with pytest.raises(IntegrityError) as refused, county.store.transaction() as connection:
        connection.execute(statement, {"id": "d1", "body": TYPED})
    assert "documents" in str(refused.value) and TYPED not in str(refused.value)


@pytest.mark.parametrize(
    "method, address, status, code",
    [
        ("GET", "/v2", 404, "E331"),
        ("GET", "/docs", 404, "E331"),
        ("GET", "/v1/projects/", 404, "E331"),
        ("GET", "/v1/voices", 404, "E331"),
        ("DELETE", ADDRESS, 405, "E332"),
        ("POST", "/v1/audit", 405, "E332"),
    ],
)
def test_addresses_that_are_none_are_problems_too(county: CountyOffice, method, address, status, code):
    answer = county.caller("assessor").send(method, address, {})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"
