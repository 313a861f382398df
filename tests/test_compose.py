"""compose.yaml names services, settings and versions that exist; no password is written in it."""

from __future__ import annotations

import re
import subprocess
from ipaddress import ip_address, ip_network
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
        monkeypatch.setenv(variable, value)
    assert {*COMPOSE["services"][name]["secrets"]} <= {f"minyi_{field}" for field in Settings.model_fields}
    assert load_settings().home == Path("/data")


def test_the_lines_at_the_top_make_the_files_that_the_services_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = (ROOT / "compose.yaml").read_text("utf-8").partition("\nname:")[0]
    lines = [line.removeprefix("#   ") for line in head.splitlines() if line.startswith("#   ")]
    made = re.sub(r"\bchown\b", "true", "\n".join(lines))  # only root may give files away
    subprocess.run(["sh", "-eu", "-c", made], cwd=tmp_path, check=True)
    files = {path.name: path for path in (tmp_path / "secrets").iterdir()}
    assert {f"./secrets/{name}" for name in files} == {secret["file"] for secret in COMPOSE["secrets"].values()}
    assert {oct(path.stat().st_mode & 0o777) for path in files.values()} == {"0o400"}
    given = {
        name: user
        for user, names in re.findall(r"chown (\d+) ((?:secrets/\w+ ?)+)", "\n".join(lines))
        for name in re.findall(r"secrets/(\w+)", names)
    }
    ours = dict.fromkeys(COMPOSE["services"]["serve"]["secrets"], "10001")
    assert given == {"store_password": "999", "search_password": "1000", **ours}
    assert "\nUSER 10001:10001\n" in (ROOT / "Dockerfile").read_text("utf-8")
    store, search = files["store_password"].read_text(), files["search_password"].read_text()
    assert len({store, search}) == 2 and all(re.fullmatch("[0-9a-f]{48}", word) for word in (store, search))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "secrets"))
    settings = load_settings(tmp_path / "home")
    assert elastic_settings(settings).where == "http://search:9200"
    assert settings.index_url == f"http://elastic:{search}@search:9200"
    assert settings.store_url == f"postgresql+psycopg://minyi:{store}@store/minyi"


def test_what_the_proxy_says_of_an_address_is_believed_and_of_the_network_its_gateway_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Requests to the published port come from the gateway: unnamed, all people would be one address."""
    [range_] = COMPOSE["networks"]["default"]["ipam"]["config"]
    monkeypatch.setenv("MINYI_TRUSTED_PROXIES", COMPOSE["services"]["serve"]["environment"]["MINYI_TRUSTED_PROXIES"])
    trusted = [ip_network(named) for named in load_settings().trusted_proxies]
    inside = [address for address in ip_network(range_["subnet"]) if any(address in one for one in trusted)]
    assert inside == [ip_address(range_["gateway"])]


def test_services_wait_for_services_and_mount_volumes_that_are_declared() -> None:
    for service in COMPOSE["services"].values():
        assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])
        named = {volume.split(":")[0] for volume in service.get("volumes", ())}
        assert {name for name in named if not name.startswith(".")} <= set(COMPOSE["volumes"])


def test_backups_go_to_a_volume_that_the_image_lets_its_user_write() -> None:
    """A volume takes its owner from the folder of the image; the work keeps the ledgers of backups up."""
    for name in OURS:
        assert "backups:/backups" in COMPOSE["services"][name]["volumes"]
    assert re.search(r"install -d -o minyi -g minyi -m 0700 [^\n]*/backups\b", (ROOT / "Dockerfile").read_text("utf-8"))


def test_only_the_http_interface_is_published_and_only_on_loopback() -> None:
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"serve": ["127.0.0.1:8080:8080"]}


def test_no_password_is_written_in_the_file_nor_handed_over_in_a_variable() -> None:
    """Variables of a container are seen by whoever may ask Docker about it."""
    text = (ROOT / "compose.yaml").read_text("utf-8")
    assert not re.findall(r"(?<!\$)\$\{?\w+", text.partition("\nname:")[2])
    for service in COMPOSE["services"].values():
        secrets = service.get("secrets", [])
        assert {*secrets} <= {*COMPOSE["secrets"]}
        named = {value for variable, value in service["environment"].items() if "PASSWORD" in variable}
        assert named <= {f"/run/secrets/{secret}" for secret in secrets}
    for ignored in (".gitignore", ".dockerignore"):
        assert "/secrets/" in (ROOT / ignored).read_text("utf-8").splitlines()


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
