"""Memory and speed of the importers: reads registers of 10,000 and 100,000 petitions, each in a process of its own.

Run: python -m benchmarks.importing [--rows 10000 100000]. Prints one line a file: rows, seconds, rows a second, peak
resident memory of the process, its ratio to that of the smallest register, and what reading added to the interpreter.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

_HEADERS = "信访件编号 标题 诉求内容 登记时间 所属区县 信访人 联系电话 用户编号 答复意见 答复时间"
HEADER = tuple(_HEADERS.split(" "))
_WORDS = (
    "水渠塌方施工噪音补偿标准没有公示夜里老人孩子路灯井水发黄村口道路破损半年没人管请领导派人看一看"
    "尽快解决柳湾村青石渡镇公示栏图纸签字，。"
)
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CHILD = """
import resource, sys, time
from pathlib import Path
from crawlers.importers import Bad, open_source
import openpyxl
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.perf_counter()
rows = 0
for row in open_source(Path(sys.argv[1])):
    assert not isinstance(row, Bad), row
    rows += 1
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(rows, time.perf_counter() - began, peak / 1024, (peak - before) / 1024)
"""


def petitions(rows: int, characters: int = 300) -> Iterator[tuple[str, ...]]:
    """Made-up petitions of about ``characters`` characters, no two alike, the same ones each time."""
    chance = random.Random(4)
    talk = "".join(chance.choices(_WORDS, k=400_000))
    for number in range(rows):
        start, answer = chance.randrange(len(talk) - characters), chance.randrange(len(talk) - 100)
        yield (
            f"XF{number:08}",
            f"关于青石渡镇第{number}件事的反映",
            talk[start : start + characters],
            f"2023-{number % 12 + 1:02}-{number % 28 + 1:02} {number % 24:02}:30",
            ("云溪县", "河口区", "南岭市")[number % 3],
            f"赵{number}",
            f"139{number:08}",
            f"u{number % 5000}",
            "收到，" + talk[answer : answer + 100],
            f"2024-{number % 2 + 1:02}-{number % 28 + 1:02}",
        )


def write_csv(path: Path, rows: int, characters: int = 300) -> Path:
    """A register as GB18030 text."""
    with path.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerow(HEADER)
        csv.writer(stream).writerows(petitions(rows, characters))
    return path


def write_jsonl(path: Path, rows: int, characters: int = 300) -> Path:
    """A register as JSON lines."""
    with path.open("w", encoding="utf-8") as stream:
        for petition in petitions(rows, characters):
            stream.write(json.dumps(dict(zip(HEADER, petition, strict=True)), ensure_ascii=False) + "\n")
    return path


def write_xlsx(path: Path, rows: int, characters: int = 300) -> Path:
    """A register as Excel stores it: every text once among the shared strings, cells pointing to them."""
    width = len(HEADER)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _parts().items():
            archive.writestr(name, text)
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as stream:
            stream.write(f'<sst xmlns="{_NAMESPACE}">'.encode())
            for petition in (HEADER,):
                stream.write("".join(f"<si><t>{text}</t></si>" for text in petition).encode())
            for petition in petitions(rows, characters):
                stream.write("".join(f"<si><t>{escape(text)}</t></si>" for text in petition).encode())
            stream.write(b"</sst>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            stream.write(f'<worksheet xmlns="{_NAMESPACE}"><sheetData>'.encode())
            for row in range(rows + 1):
                cells = (f'<c r="{chr(65 + at)}{row + 1}" t="s"><v>{row * width + at}</v></c>' for at in range(width))
                stream.write(f'<row r="{row + 1}">{"".join(cells)}</row>'.encode())
            stream.write(b"</sheetData></worksheet>")
    return path


def _parts() -> dict[str, str]:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_NAMESPACE}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="登记表" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    }


WRITERS = {"csv": write_csv, "jsonl": write_jsonl, "xlsx": write_xlsx}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    sizes = sorted(parser.parse_args().rows)
    print(f"{'file':18}{'MB':>8}{'rows':>9}{'s':>8}{'rows/s':>9}{'peak MB':>9}{'ratio':>7}{'added MB':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for ending, write in WRITERS.items():
            first = 0.0
            for rows in sizes:
                path = write(Path(folder) / f"register-{rows}.{ending}", rows)
                run = subprocess.run([sys.executable, "-c", _CHILD, path], capture_output=True, text=True, check=True)
                read, seconds, peak, added = map(float, run.stdout.split())
                first = first or peak
                size = path.stat().st_size / 2**20
                print(
                    f"{ending + ' ' + str(rows):18}{size:8.1f}{read:9.0f}{seconds:8.1f}{read / seconds:9.0f}"
                    f"{peak:9.1f}{peak / first:7.2f}{added:10.1f}",
                    flush=True,
                )
                path.unlink()


if __name__ == "__main__":
    main()
