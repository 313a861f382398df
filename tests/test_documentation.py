"""What can be set, run or asked for is documented; what is documented exists."""

from __future__ import annotations

import importlib
import inspect
import re
import statistics
from pathlib import Path
from typing import Any

import click
import pytest

from api.cli.main import COMMANDS
from pipeline.settings import Settings, SettingsError, load_settings

ROOT = Path(__file__).parent.parent


def test_every_setting_is_documented_with_its_default() -> None:
    text = (ROOT / "docs/SETTINGS.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(\w+)` \|", text, re.M))
    assert documented == set(Settings.model_fields)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    command: click.Command = importlib.import_module(COMMANDS[name][0]).command
    commands = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    for one in commands:
        context = click.Context(one, info_name=name)
        assert one.help and "Example" in one.get_help(context), f"minyi {name}"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MINYI_K_ANONYMITY", "2"),
        ("MINYI_VOICE_PERIOD_DAYS", "31"),
        ("MINYI_PORT", "many"),
        ("MINYI_LINK_THRESHOLD", "0"),
    ],
)
def test_a_setting_outside_its_bounds_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"E201: {variable.removeprefix('MINYI_').lower()}"):
        load_settings()


def test_an_unknown_setting_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "minyi.toml").write_text("keep_raw_text = true\n")
    with pytest.raises(SettingsError, match="keep_raw_text"):
        load_settings(tmp_path)


def test_a_misspelt_variable_is_refused_by_name_and_not_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINYI_K_ANONIMITY", "geheim")
    with pytest.raises(SettingsError, match="MINYI_K_ANONIMITY") as refused:
        load_settings()
    assert "geheim" not in str(refused.value)


def test_the_variable_that_names_a_server_for_tests_is_no_setting_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MINYI_TEST_ELASTICSEARCH_URL", "http://127.0.0.1:9200")
    assert load_settings(tmp_path).home == tmp_path


def test_a_misspelt_database_url_does_not_show_its_password(tmp_path: Path) -> None:
    (tmp_path / "minyi.toml").write_text('databse_url = "postgresql://minyi:geheim@localhost/minyi"\n')
    with pytest.raises(SettingsError, match="databse_url") as refused:
        load_settings(tmp_path)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("line", ['index_url = "htp://elastic:geheim@search:9200"', 'index_api_key = ["geheim"]',
                                  'database_url = ["postgresql://minyi:geheim@localhost/minyi"]'])  # fmt: skip
def test_a_setting_that_may_hold_a_password_is_refused_without_its_value(tmp_path: Path, line: str) -> None:
    (tmp_path / "minyi.toml").write_text(line + "\n")
    with pytest.raises(SettingsError, match=f"E201: {line.split()[0]}") as refused:
        load_settings(tmp_path)
    assert "geheim" not in str(refused.value)


def test_the_file_is_read_and_the_variable_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "minyi.toml").write_text("port = 9001\nk_anonymity = 7\n")
    monkeypatch.setenv("MINYI_PORT", "9002")
    settings = load_settings(tmp_path)
    assert (settings.port, settings.k_anonymity) == (9002, 7)


def test_the_walkthrough_names_functions_that_exist_and_fit_on_a_screen() -> None:
    text = (ROOT / "docs/WALKTHROUGH.md").read_text("utf-8")
    named = re.findall(r"^\d\. \*\*`([\w.]+)`\*\*", text, re.M)
    assert len(named) == 6
    for path in named:
        lines = inspect.getsource(_found(path)).splitlines()
        assert len(lines) <= 50, f"{path} has {len(lines)} lines"


def _found(path: str) -> Any:
    """The function at a dotted path through modules and classes."""
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            found = getattr(found, name)
        return found
    raise AssertionError(f"no such function: {path}")


def test_no_file_is_longer_than_five_hundred_lines_and_half_are_shorter_than_one_hundred_and_fifty() -> None:
    rooms = ("crawlers", "pipeline", "models", "index", "api")
    lengths = {p: len(p.read_text("utf-8").splitlines()) for room in rooms for p in (ROOT / room).rglob("*.py")}
    assert not {str(path): length for path, length in lengths.items() if length > 500}
    assert statistics.median(lengths.values()) < 150
