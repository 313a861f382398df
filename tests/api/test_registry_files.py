"""Registry files: CSV tables and JSON lines say the same projects, and bad lines are named."""

from __future__ import annotations

import csv
import io

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from api.cli.main import cli
from api.registry_files import COLUMNS, RegistryUnreadable, as_json_lines, as_row, read_registry
from pipeline.records import DecisionProject

TABLE = """编号,名称,别名,节点,上级项目
heyan-dam,河堰水库移民安置,河堰水库、堰上移民,公示 2026-03-01；听证 2026-04,
x,坝,,,
y,某项目,,随便写的,
heyan-dam,又一个,,,
"""
WORDS = st.text(st.characters(categories=["Lo", "Nd"]), min_size=2, max_size=8)


def test_a_table_with_chinese_heads_is_read_and_its_bad_lines_are_named() -> None:
    good, bad = read_registry(TABLE.encode("utf-8-sig"))
    [(line, project)] = good
    assert (line, project.aliases) == (2, ("河堰水库", "堰上移民"))
    assert [(one.name, one.date) for one in project.milestones] == [("公示", "2026-03-01"), ("听证", "2026-04")]
    assert [(one["line"], one["field"]) for one in bad] == [(3, "name_zh"), (4, ""), (5, "")]
    assert "NAME DATE" in bad[1]["reason"] and "duplicate" in bad[2]["reason"]


@settings(deadline=None)
@given(
    names=st.lists(WORDS, max_size=3),
    description=st.sampled_from(["", "=1+1", "-12", "说明，有逗号", '带"引号"', "@某处"]),
    dates=st.lists(st.sampled_from(["2026", "2026-03", "2026-03-01"]), max_size=3),
)
def test_what_is_written_is_read_back(names: list[str], description: str, dates: list[str]) -> None:
    from api.console.csv_files import harmless

    project = DecisionProject.model_validate({
        "id": "a-1", "name_zh": "某项目", "aliases": names, "description": description,
        "milestones": [{"name": f"节点{n}", "date": day} for n, day in enumerate(dates)],
    })  # fmt: skip
    stream = io.StringIO()
    csv.writer(stream).writerows([list(COLUMNS.values()), [harmless(cell) for cell in as_row(project)]])
    for content in (stream.getvalue(), as_json_lines([project])):
        assert read_registry(content.encode()) == ([(2 if "编号" in content else 1, project)], [])


@pytest.mark.parametrize("content", [b"\xff\xfe", "编号,别的\n1,2\n".encode()])
def test_what_is_no_registry_is_refused(content: bytes) -> None:
    with pytest.raises(RegistryUnreadable, match="E165"):
        read_registry(content)


def test_a_first_line_longer_than_any_is_refused_and_a_long_project_is_named() -> None:
    for content in ("某" * 140_000, "编号," + "某" * 140_000, "[" + '"' + "某" * 140_000):
        with pytest.raises(RegistryUnreadable, match="E165"):
            read_registry(content.encode())
    long = '{"id": "a-1", "name_zh": "' + "某" * 140_000 + '"}'
    good, [bad] = read_registry(f'{long}\n{{"id": "b-1", "name_zh": "某项目"}}'.encode())
    assert ([line for line, _ in good], bad["line"], bad["field"]) == ([2], 1, "name_zh")


def test_the_command_line_takes_a_table_too(tmp_path) -> None:
    (tmp_path / "registry.csv").write_text("\n".join(TABLE.splitlines()[:2]), encoding="utf-8")
    run = CliRunner().invoke(
        cli, ["projects", "import", str(tmp_path / "registry.csv"), "--home", str(tmp_path / "home")]
    )
    assert (run.exit_code, run.stdout) == (0, "1 new, 0 changed, 0 unchanged\n"), run.output


def test_a_milestone_with_blanks_without_end_is_refused_at_once() -> None:
    _, bad = read_registry(f"编号,名称,节点\nheyan-dam,河堰水库移民安置,公示{' ' * 100_000}x\n".encode())
    assert [one["line"] for one in bad] == [2]
