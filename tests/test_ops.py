"""What runs Minyi is as safe as it says: units, containers, proxies, pins, licences, and rules about figures that exist."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from api.cli.main import cli
from api.metrics import everything
from ops.licences import closure, licensed, verdict_on
from pipeline.settings import SettingsError, load_settings
from pipeline.store import Store

ROOT = Path(__file__).parent.parent
OPS = ROOT / "ops"
UNITS = sorted((OPS / "systemd").glob("*.service"))
PINNED = re.compile(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of all samples that /metrics may hold."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('ops') / 'a.sqlite3'}") as store:
        families = list(everything(store).collect())
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
    return {family.name + ending for family in families for ending in endings[family.type]}


def asked(expression: str) -> set[str]:
    """Names of Minyi's figures in an expression; brackets have to be closed."""
    for pair in ("()", "[]", "{}"):
        assert expression.count(pair[0]) == expression.count(pair[1]), expression
    return set(re.findall(r"\bminyi_\w+", expression))


def test_the_dashboard_asks_for_figures_that_there_are(told: set[str]):
    board = json.loads((OPS / "grafana" / "minyi.json").read_text("utf-8"))
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) >= 15
    assert set().union(*map(asked, expressions)) <= told
    shown = set().union(*map(asked, expressions))
    families = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in told}
    unseen = families - {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in shown}
    assert unseen == {"minyi_incident_events"}, "a figure that nobody sees"


def test_alert_rules_ask_for_figures_that_there_are_and_say_what_to_do(told: set[str]):
    groups = yaml.safe_load((OPS / "prometheus" / "alerts.yaml").read_text("utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 10
    for rule in rules:
        assert asked(rule["expr"]) <= told, rule["alert"]
        assert asked(rule["expr"]) or "up{" in rule["expr"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"] and rule["annotations"]["advice"]
        assert re.fullmatch(r"\d+[mh]", rule.get("for", "1m"))


def test_rules_and_panels_name_labels_that_the_figures_have(told: set[str]):
    """A selector with a label that is never set would never find anything."""
    known = {"state", "kind", "level", "stage", "outcome", "reason", "relation", "route", "method", "status", "operation",
             "code", "le", "job", "process"}  # fmt: skip
    texts = [path.read_text("utf-8") for path in (OPS / "grafana" / "minyi.json", OPS / "prometheus" / "alerts.yaml")]
    used = {
        label
        for text in texts
        for inside in re.findall(r"\{([^{}]*?=~?[^{}]*)\}", text)
        for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inside)
    }
    assert used <= known


def section(unit: Path, name: str) -> dict[str, str]:
    """The settings of a unit's section."""
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit.read_text("utf-8"))
    return dict(parser[name])


def words_of(service: dict[str, str]) -> list[str]:
    """The words of the command that a unit runs, which a shell may begin."""
    words = shlex.split(service["ExecStart"])
    if words[:2] == ["/bin/sh", "-c"]:
        return shlex.split(words[2].replace("$$", "$").replace("%%", "%").removeprefix("exec "))
    return words


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_a_command_that_there_is_without_rights(unit: Path):
    service = section(unit, "Service")
    words = words_of(service)
    command = cli.get_command(None, words[1])  # type: ignore[arg-type]
    assert command is not None
    offered = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= offered
    assert service["User"] == "minyi" and service["CapabilityBoundingSet"] == "" and service["UMask"] == "0077"
    for name in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "RestrictSUIDSGID", "ProtectClock"):
        assert service[name] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert not re.search(r"(?i)(password|secret|api_key)\s*=", unit.read_text("utf-8"))


def test_the_timer_makes_a_new_backup_each_night_where_its_unit_may_write():
    timer = OPS / "systemd" / "minyi-backup.timer"
    assert section(timer, "Timer")["Persistent"] == "yes" and section(timer, "Install")["WantedBy"] == "timers.target"
    assert re.fullmatch(r"\*-\*-\* \d\d:\d\d:00", section(timer, "Timer")["OnCalendar"])
    service = section(timer.with_suffix(".service"), "Service")
    shell = shlex.split(service["ExecStart"])
    line = shell[2].replace("$$", "$").replace("%%", "%").replace("/opt/minyi/bin/minyi", "/bin/echo")
    said = subprocess.run([*shell[:2], line], capture_output=True, text=True, check=True).stdout.split()
    assert said[0] == "backup" and Path(said[1]).parent == Path("/var/lib/minyi-backups")
    assert re.fullmatch(r"minyi-\d{4}-\d\d-\d\d-\d{4}", Path(said[1]).name), "each time another folder"
    assert service["Type"] == "oneshot" and "minyi-backups" in service["StateDirectory"].split()
    work = section(OPS / "systemd" / "minyi-work.service", "Service")
    assert work["ReadWritePaths"] == "-/var/lib/minyi-backups", "their ledgers of withdrawals are kept up by the work"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_systemd_finds_the_exposure_of_a_unit_small(unit: Path):
    found = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout[-400:] + found.stderr


def test_the_image_takes_hashed_packages_and_runs_without_rights():
    lines = [line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if not line.startswith("#")]
    text = "\n".join(lines)
    assert "--require-hashes --requirement requirements.hashed.lock" in text and "--no-build-isolation" in text
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert users and users[-1] not in ("root", "0", "0:0") and users[-1].split(":")[0].isdigit()
    assert lines.index(f"USER {users[-1]}") < next(n for n, line in enumerate(lines) if line.startswith("ENTRYPOINT"))
    assert "ADD " not in text and "curl" not in text and "sudo" not in text
    copied = [word for line in lines if line.startswith("COPY") and "--from" not in line for word in line.split()[1:-1]]
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("name", ["serve", "work", "office"])
def test_a_container_of_ours_has_no_rights_and_a_file_system_that_cannot_be_written(name: str):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"] and "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"] and not service.get("privileged")
    assert service["pids_limit"] and "noexec" in service["tmpfs"][0]


def test_both_lists_of_pins_agree_and_every_package_has_a_hash():
    every = {
        name.lower().replace("_", "-"): version
        for name, version in PINNED.findall((ROOT / "requirements.lock").read_text("utf-8"))
    }
    text = (ROOT / "requirements.hashed.lock").read_text("utf-8")
    hashed = {name.lower(): version for name, version in PINNED.findall(text)}
    assert len(hashed) > 80 and {name: every.get(name) for name in hashed} == hashed
    for block in re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block[:80]
    needed = {
        need.lower()
        for need in re.findall(
            r'(?m)^  "([A-Za-z0-9_-]+)',
            (ROOT / "pyproject.toml").read_text("utf-8").split("[project.optional-dependencies]")[0],
        )
    }
    assert {name.replace("_", "-") for name in needed} <= set(hashed)


def test_no_package_of_the_product_binds_or_forbids():
    rows = [licensed(name) for name in closure()]
    assert len(rows) > 60
    assert [row for row in rows if row.verdict in ("refused", "unknown")] == []
    assert {row.name for row in rows if row.verdict == "lesser"} <= {"psycopg", "psycopg-binary"}


@pytest.mark.parametrize(
    "said, verdict",
    [("MIT", "free"), ("Apache-2.0 AND MIT", "free"), ("GPL-3.0-or-later", "refused"), ("AGPL-3.0", "refused"),
     ("MIT OR GPL-2.0", "free"), ("MIT AND GPL-2.0", "refused"), ("LGPL-3.0-only", "lesser"), ("CC-BY-NC-4.0", "refused"),
     ("GNU Lesser General Public License v3 (LGPLv3)", "lesser"), ("GNU General Public License v3 (GPLv3)", "refused"),
     ("SSPL-1.0", "refused"), ("", "unknown"), ("ask the author", "unknown"),
     ("GPL-3.0-only AND (MIT OR Apache-2.0)", "refused"), ("(MIT OR Apache-2.0) AND GPL-3.0-only", "refused"),
     ("MIT OR GPL-3.0-only AND Apache-2.0", "free"), ("(MIT OR GPL-3.0-only) AND Apache-2.0", "free"),
     ("GPL-2.0-only AND MIT OR AGPL-3.0-only", "refused"), ("((MIT) AND (LGPL-3.0-only OR GPL-3.0-only))", "lesser"),
     ("MIT AND LicenseRef-of-our-own", "unknown"), ("GPL-2.0-only WITH Classpath-exception-2.0", "refused"),
     ("Mozilla Public License 2.0 (MPL 2.0)", "free"), ("(MIT OR GPL-3.0-only", "refused"),
     ("MIT) AND GPL-3.0-only", "refused")],
)  # fmt: skip
def test_licences_are_read_as_what_they_are(said: str, verdict: str):
    assert verdict_on(said) == verdict


def test_proxies_forward_one_address_and_log_nothing_that_was_asked():
    nginx = (OPS / "proxy" / "nginx.conf").read_text("utf-8")
    assert nginx.count("{") == nginx.count("}") and "X-Forwarded-For $remote_addr;" in nginx
    [form] = re.findall(r"log_format minyi '([^']*)'", nginx)
    assert not set(re.findall(r"\$\w+", form)) & {
        "$request",
        "$request_uri",
        "$args",
        "$uri",
        "$http_referer",
        "$remote_addr",
    }
    assert re.findall(r"access_log \S+ (\w+);", nginx) == ["minyi"]
    caddy = (OPS / "proxy" / "Caddyfile").read_text("utf-8")
    assert caddy.count("{") == caddy.count("}") and not re.search(r"(?m)^\s*log\b", caddy)


def test_the_threat_model_names_modules_and_tests_that_there_are():
    text = (ROOT / "docs" / "SECURITY.md").read_text("utf-8")
    named = set(re.findall(r"`((?:api|pipeline|crawlers|models|index|tests|ops)/[\w./\-]+)`", text))
    assert len(named) > 40 and [path for path in sorted(named) if not (ROOT / path).exists()] == []
    model = text.split("## Who would misuse it")[1].split("\n## ")[0]
    whom = re.split(r"(?m)^### ", model)[1:]
    assert len(whom) == 6
    for one in whom:
        assert "**Remains:**" in one and "`tests/" in one, one.splitlines()[0]


def test_every_figure_and_every_limit_is_documented(told: set[str]):
    text = (ROOT / "docs" / "OBSERVABILITY.md").read_text("utf-8")
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in told}
    assert [name for name in sorted(families) if name not in text] == []
    assert set(re.findall(r"\bminyi_\w+", text)) <= families | told


def test_secrets_come_from_files_that_the_service_manager_hands_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "minyi_database_url").write_text("postgresql+psycopg://minyi:hunter2@db/minyi\n", "utf-8")
    (tmp_path / "minyi_index_api_key").write_text("hunter3\n", "utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    settings = load_settings(tmp_path / "home")
    assert settings.store_url == "postgresql+psycopg://minyi:hunter2@db/minyi"
    assert settings.index_api_key.get_secret_value() == "hunter3" and "hunter3" not in repr(settings)
    monkeypatch.setenv("MINYI_DATABASE_URL", "sqlite:///other")
    assert load_settings(tmp_path / "home").store_url == "sqlite:///other"
    (tmp_path / "minyi_k_anonymity").write_text("1", "utf-8")
    with pytest.raises(SettingsError, match="k_anonymity"):
        load_settings(tmp_path / "home")


def test_the_doctor_tells_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("MINYI_DATABASE_URL", "postgresql+psycopg://minyi:hunter2@127.0.0.1:9/minyi")
    monkeypatch.setenv("MINYI_INDEX_URL", "http://elastic:hunter4@127.0.0.1:9")
    monkeypatch.setenv("MINYI_INDEX_API_KEY", "hunter3")
    monkeypatch.setenv("MINYI_OIDC_CLIENT_SECRET", "hunter5")
    told = CliRunner().invoke(cli, ["doctor", "--json", "--home", str(home)])
    assert "127.0.0.1" in told.output and "hunter" not in told.output


def test_what_ships_from_others_is_named_with_its_licence():
    notice = (ROOT / "NOTICE").read_text("utf-8")
    named = re.findall(r"(?<![\w/])((?:api|models|index|pipeline|crawlers)/[\w./]*)", notice)
    kinds = {".onnx", ".npz", ".gz", ".bin", ".woff", ".woff2", ".ttf", ".js"}
    brought = [
        path.relative_to(ROOT).as_posix()
        for room in ("api", "models", "index", "pipeline", "crawlers")
        for path in (ROOT / room).rglob("*")
        if path.suffix in kinds and ("vendor" in path.parts or path.suffix != ".js")
    ]
    assert brought and [path for path in brought if not any(path.startswith(one) for one in named)] == []
    assert {row.name for row in map(licensed, closure()) if row.verdict == "lesser"} <= set(
        re.findall(r"[\w-]+", notice)
    )
