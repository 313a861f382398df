"""P-30: whatever is configured, no rule is weakened: who tries is refused at the start, by rule, setting and bound."""

from __future__ import annotations

import json
import re
from pathlib import Path

import annotated_types
import pytest
from click.testing import CliRunner

from api.cli.main import cli
from api.cli.projects import registry
from api.policy import access
from crawlers.importers import ImportOptions, ImportRefused, Uploaded, open_source
from crawlers.registry.source import Source
from pipeline.process.routing import RoutingUnusable, city_routing
from pipeline.rule_bounds import BOUNDS, CANNOT_WEAKEN
from pipeline.settings import Settings, SettingsError, load_settings

BEYOND: dict[str, object] = {
    "duty_officer": "anybody, everybody", "webhook_hosts": ["*"], "oidc_issuer": "http://elsewhere.example",
    "public_url": "https://reader@elsewhere.example", "trusted_proxies": ["*"], "traces_endpoint": "http://elsewhere.example",
    "log_format": "full", "log_level": "everything",
}  # fmt: skip
"""What nobody may choose, of settings that are bounded by something else than a number."""
WISHES = (
    "keep_raw_text", "store_authors", "author_search", "redaction", "redact", "skip_redaction", "voice_key", "keep_voice_keys",
    "token_days", "sort_by_author", "persons", "person_lists", "sealed_reviewers", "show_sealed", "infer_religion",
    "forbidden_words", "allow_control_words", "gatherings", "purposes", "access", "access_file", "audit", "audit_enabled",
    "telemetry", "k", "quote_length", "ignore_robots", "sensitive_attributes", "life_safety_hours",
)  # fmt: skip
"""What somebody may wish for, against the rules P-01 to P-05, P-13 to P-17 and others: there is no such setting."""


def beyond(setting: str) -> list[object]:
    """Values next to the bounds of a setting, on the wrong side; for text, what the pattern must keep out."""
    if setting in BEYOND:
        return [BEYOND[setting]]
    values: list[object] = []
    for bound in Settings.model_fields[setting].metadata:
        if isinstance(bound, annotated_types.Ge):
            values.append(bound.ge - 1)  # type: ignore[operator]
        if isinstance(bound, annotated_types.Le):
            values.append(bound.le + 1)  # type: ignore[operator]
    return values


ATTEMPTS = [(setting, value) for setting in BOUNDS for value in beyond(setting)]


def test_every_setting_is_bounded_by_a_rule_or_cannot_weaken_one() -> None:
    assert set(BOUNDS) | set(CANNOT_WEAKEN) == set(Settings.model_fields)
    assert not set(BOUNDS) & set(CANNOT_WEAKEN)
    assert {setting for setting, _ in ATTEMPTS} == set(BOUNDS)


@pytest.mark.parametrize(("setting", "value"), ATTEMPTS, ids=str)
def test_a_value_that_would_weaken_a_rule_is_refused_by_file_and_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: object
) -> None:
    told = re.escape(f"E201: {setting}") + rf".*\[{BOUNDS[setting].rule}: {re.escape(BOUNDS[setting].limit)}\]"
    (tmp_path / "minyi.toml").write_text(f"{setting} = {json.dumps(value)}\n", "utf-8")
    with pytest.raises(SettingsError, match=told):
        load_settings(tmp_path)
    (tmp_path / "minyi.toml").unlink()
    monkeypatch.setenv(f"MINYI_{setting.upper()}", value if isinstance(value, str) else json.dumps(value))
    with pytest.raises(SettingsError, match=told):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    "named",
    [["0.0.0.0/0"], ["::/0"], ["127.0.0.1", "0.0.0.0/1", "128.0.0.0/1"], ["2000::/4", "3000::/4"], ["::/1"], ["::ffff:0:0/96"]],
    ids=str,
)  # fmt: skip
def test_no_networks_that_hold_everybody_are_believed(tmp_path: Path, named: list[str]) -> None:
    (tmp_path / "minyi.toml").write_text(f"trusted_proxies = {json.dumps(named)}\n", "utf-8")
    with pytest.raises(SettingsError, match=r"E201: trusted_proxies.*hold all of .*\[P-10: "):
        load_settings(tmp_path)


def test_the_networks_of_an_office_are_believed(tmp_path: Path) -> None:
    named = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "::1", "::ffff:10.0.0.0/104"]
    (tmp_path / "minyi.toml").write_text(f"trusted_proxies = {json.dumps(named)}\n", "utf-8")
    assert load_settings(tmp_path).trusted_proxies == tuple(named)


@pytest.mark.parametrize("command", ["serve", "work", "import", "crawl", "search", "doctor"])
def test_nothing_starts_with_a_weakened_rule(tmp_path: Path, command: str) -> None:
    (tmp_path / "minyi.toml").write_text("k_anonymity = 2\n", "utf-8")
    file = tmp_path / "petitions.csv"
    file.write_text("标题,内容\n停水,小区停水三天\n", "utf-8")
    given = {
        "import": [str(file)],
        "crawl": ["anything"],
        "search": ["停水", "--project", "p", "--purpose", "risk_survey"],
    }
    done = CliRunner().invoke(cli, [command, *given.get(command, []), "--home", str(tmp_path)])
    assert done.exit_code in (1, 2)
    assert "E201: k_anonymity" in done.output and "[P-06: fewer than 3 voices are never shown]" in done.output
    assert not (tmp_path / "minyi.sqlite3").exists()


@pytest.mark.parametrize("wish", WISHES)
def test_there_is_no_setting_for_what_no_office_may_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wish: str
) -> None:
    (tmp_path / "minyi.toml").write_text(f"{wish} = true\n", "utf-8")
    with pytest.raises(SettingsError, match=f"E201: {wish}"):
        load_settings(tmp_path)
    (tmp_path / "minyi.toml").unlink()
    monkeypatch.setenv(f"MINYI_{wish.upper()}", "true")
    with pytest.raises(SettingsError, match=f"E201: MINYI_{wish.upper()}: there is no such setting"):
        load_settings(tmp_path)


@pytest.mark.parametrize("header", ["姓名", "联系电话", "身份证号", "家庭住址", "手机"])
def test_no_mapping_brings_a_personal_column_back(header: str) -> None:
    with pytest.raises(ImportRefused, match="P-20"):
        open_source(
            Uploaded("a.csv", f"标题,内容,{header}\n甲,乙,丙\n".encode()), ImportOptions(mapping={header: "title"})
        )


@pytest.mark.parametrize(
    "line", ["clocks: {take_up: 30}", "clocks: {answer: 400}", "k_anonymity: 2", "clocks: {extension: 90}"]
)
def test_a_citys_own_routing_cannot_give_units_more_time_or_state_anything_else(tmp_path: Path, line: str) -> None:
    file = tmp_path / "city.yaml"
    file.write_text(line + "\n", "utf-8")
    with pytest.raises(RoutingUnusable, match="E647"):
        city_routing(file)


@pytest.mark.parametrize("field", ["k_anonymity", "quotes", "keep_authors", "sealed", "voice_period_days"])
def test_an_entry_of_the_registry_has_no_field_for_it(tmp_path: Path, field: str) -> None:
    project = json.loads((Path(__file__).parents[2] / "examples/projects.jsonl").read_text("utf-8").splitlines()[0])
    file = tmp_path / "projects.jsonl"
    file.write_text(json.dumps({**project, field: 1}, ensure_ascii=False) + "\n", "utf-8")
    with pytest.raises(Exception, match=field):
        registry(file)


@pytest.mark.parametrize(
    ("change", "told"),
    [({"legal_basis": ""}, "P-19"), ({"permission": " "}, "P-19"), ({"rate_seconds": 0.1}, "at least 1"),
     ({"obey_robots": False}, "obey_robots"), ({"login": "user"}, "login"), ({"keep_author": True}, "keep_author")],
)  # fmt: skip
def test_a_source_cannot_be_read_without_a_basis_faster_or_past_robots(change: dict[str, object], told: str) -> None:
    sound = {
        "name": "box", "title": "信箱", "kind": "petition", "spider": "petition", "start": ["https://box.example/"],
        "legal_basis": "政府信息公开条例", "permission": "公开栏目", "contact": "ops@office.example", "enabled": True,
    }  # fmt: skip
    Source.model_validate(sound)
    with pytest.raises(ValueError, match=told):
        Source.model_validate(sound | change)


def test_the_table_of_rights_ships_with_the_program_and_has_no_action_on_persons() -> None:
    actions = access().actions
    assert not [action for action in actions if re.search(r"author|person|account_of|user|nick|token", action)]
    assert not [name for name in Settings.model_fields if "access" in name or "policy" in name or "role" in name]
