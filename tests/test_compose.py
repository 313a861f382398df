"""compose.yaml names services, settings and versions that exist; no password is written in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.cli.main import COMMANDS
from pipeline.search_engine import elastic_settings
from pipeline.settings import Settings, load_settings

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
OURS = ["serve", "work", "office"]


@pytest.mark.parametrize("name", OURS)
def test_the_settings_of_a_service_are_settings_that_minyi_takes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in COMPOSE["services"][name]["environment"].items():
        assert variable.removeprefix("MINYI_").lower() in Settings.model_fields
        monkeypatch.setenv(variable, re.sub(r"\$\{\w+:\?[^}]*\}", "secret", value))
    settings = load_settings()
    assert elastic_settings(settings).where == "http://search:9200"
    assert settings.store_url == "postgresql+psycopg://minyi:secret@store/minyi"


def test_services_wait_for_services_and_mount_volumes_that_are_declared() -> None:
    for service in COMPOSE["services"].values():
        assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])
        named = {volume.split(":")[0] for volume in service.get("volumes", ())}
        assert {name for name in named if not name.startswith(".")} <= set(COMPOSE["volumes"])


def test_only_the_http_interface_is_published_and_only_on_loopback() -> None:
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"serve": ["127.0.0.1:8080:8080"]}


def test_no_password_is_written_in_the_file_and_none_has_a_default() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+)(:\?)?", text)) == {
        ("MINYI_STORE_PASSWORD", ":?"), ("MINYI_SEARCH_PASSWORD", ":?"),
    }  # fmt: skip


def test_commands_exist_and_the_server_is_the_release_that_tests_run_against() -> None:
    assert COMPOSE["services"]["serve"]["command"][0] in COMMANDS
    release = COMPOSE["services"]["search"]["image"].rpartition(":")[2]
    assert f"carries Elasticsearch {release} " in (ROOT / "tests/elasticsearch/pom.xml").read_text("utf-8")


def test_the_image_has_every_room_and_both_clients() -> None:
    recipe = (ROOT / "Dockerfile").read_text("utf-8")
    for room in ("crawlers", "pipeline", "models", "index", "api"):
        assert f"COPY {room} {room}\n" in recipe
    hashed = (ROOT / "requirements.hashed.lock").read_text("utf-8")
    assert "requirements.hashed.lock" in recipe and "\nelasticsearch==" in hashed and "\npsycopg==" in hashed
