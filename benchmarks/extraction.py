"""Article text from Chinese news pages, beside the usual libraries, in one run.

``python benchmarks/extraction.py FOLDER`` (gold.jsonl.gz and html/ in it; libraries: ``pip install minyi[bench]``)
prints
precision, recall and F1 of character 4-grams against the gold text, mean over pages, with 95 % bootstrap intervals over
pages. Ours is cross-validated twice: no page, or no host, is among those that its weights were fitted on.
``--write FILE`` fits the weights that ship on all pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold
from sklearn.preprocessing import StandardScaler

from crawlers.extraction.article import extract
from crawlers.extraction.blocks import Block, blocks_of
from crawlers.extraction.body import Weights, body_of
from crawlers.extraction.byline import without_bylines
from crawlers.extraction.dom import parse, visible
from crawlers.extraction.features import features
from crawlers.extraction.title import bare, title_bar, title_of
from crawlers.windows import BEIJING

DATE_PAGES = Path(__file__).parent.parent / "tests/crawlers/extraction/date_pages.py"
CARD = (
    "Logistic regression over blocks of 200 Chinese news pages of 2011 and 2012 (DAnIEL corpus v2.1, re-annotated; the"
    " pages' texts belong to their publishers and are not part of this file). Figures: docs/RESULTS.md, Extraction."
)
GRAM = 4
PENALTY = 0.03
THRESHOLD = 0.5
FOLDS = 5
LONGEST = 300
Score = tuple[float, float, float]
_SPACE = re.compile(r"\s+")


@dataclass
class Page:
    html: bytes
    gold: str
    host: str
    crawled: str
    title: str
    blocks: list[Block]


def grams(text: str) -> Counter[str]:
    """Character 4-grams of a text without white space."""
    text = _SPACE.sub("", text)
    return Counter(text[start : start + GRAM] for start in range(max(1, len(text) - GRAM + 1))) if text else Counter()


def score(found: str, gold: str) -> Score:
    """Precision, recall and F1."""
    mine, wanted = grams(found), grams(gold)
    shared = sum((mine & wanted).values())
    if not shared:
        return 0.0, 0.0, 0.0
    precision, recall = shared / sum(mine.values()), shared / sum(wanted.values())
    return precision, recall, 2 * precision * recall / (precision + recall)


def pages(folder: Path) -> list[Page]:
    """The pages with their gold text, read once."""
    read = []
    with gzip.open(folder / "gold.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            html = gzip.decompress((folder / row["html_file"]).read_bytes())
            root = parse(html.decode("utf-8", "replace"))
            bar = title_bar(root)
            blocks = blocks_of(visible(root))
            read.append(Page(html, row["gold_text"], row["domain"], row["crawl_date"], title_of(blocks, bar), blocks))
    return read


def labels(page: Page) -> tuple[np.ndarray, np.ndarray]:
    """Whether each block is of the gold text, and its weight: its share of the article. Titles are another matter."""
    wanted, whole = grams(page.gold), bare(page.gold)
    titles = (bare(page.gold.split("\n")[0]), bare(page.title))
    truth, weight = [], []
    for block in page.blocks:
        text, mine = bare(block.text), grams(block.text)
        share = (
            sum((mine & wanted).values()) / max(sum(mine.values()), 1) if len(text) >= GRAM else 0.6 * (text in whole)
        )
        titled = text in titles
        truth.append(share > 0.5 and not titled)
        weight.append(0 if titled else min(len(text), LONGEST) / max(len(page.gold), 100))
    return np.array(truth), np.array(weight)


def fit(read: list[Page]) -> Weights:
    """Weights fitted on these pages: logistic regression on scaled columns, the scale folded into the slope."""
    columns = np.vstack([features(page.blocks, page.title) for page in read])
    truth, weight = (np.concatenate(parts) for parts in zip(*map(labels, read), strict=True))
    scaler = StandardScaler().fit(columns)
    model = LogisticRegression(C=PENALTY, max_iter=2000).fit(
        scaler.transform(columns), truth, sample_weight=weight / weight.mean()
    )
    slope = model.coef_[0] / scaler.scale_
    return Weights(slope, float(model.intercept_[0] - (slope * scaler.mean_).sum()), THRESHOLD)


def crossed(read: list[Page], *, by_host: bool) -> list[tuple[str, str]]:
    """Title and text of each page as ``extract`` gives them with weights fitted on the other folds."""
    hosts = [page.host for page in read]
    splitter = (
        GroupKFold(FOLDS).split(read, groups=hosts)
        if by_host
        else KFold(FOLDS, shuffle=True, random_state=0).split(read)
    )
    found: dict[int, tuple[str, str]] = {}
    for fitted_on, kept_back in splitter:
        weights = fit([read[place] for place in fitted_on])
        for place in kept_back:
            page = read[place]
            lines, _ = without_bylines(block.text for block in body_of(page.blocks, page.title, weights))
            found[place] = page.title, "\n".join(lines)
    return [found[place] for place in range(len(read))]


def ours(html: bytes) -> tuple[str, str]:
    article = extract(html, fetched_at=datetime.now(UTC))
    return article.title, article.text


def libraries() -> dict[str, Callable[[bytes], str]]:
    """The libraries as they were measured for the reference.

    No stop words and lengths 15/50 for jusText, else defaults.
    """
    import justext
    import readability
    import trafilatura
    from lxml import html as lxml_html

    def by_readability(page: bytes) -> str:
        summary = readability.Document(page.decode("utf-8", "replace")).summary(html_partial=True)
        return str(lxml_html.fromstring(summary).text_content())

    def by_justext(page: bytes) -> str:
        options: dict[str, Any] = {
            "length_low": 15,
            "length_high": 50,
            "stopwords_low": 0,
            "stopwords_high": 0,
            "encoding": "utf-8",
        }
        return "\n".join(part.text for part in justext.justext(page, frozenset(), **options) if not part.is_boilerplate)

    def by_trafilatura(page: bytes) -> str:
        return trafilatura.extract(page.decode("utf-8", "replace"), include_comments=False) or ""

    return {"readability-lxml": by_readability, "jusText": by_justext, "trafilatura": by_trafilatura}


def show(name: str, scores: list[Score], milliseconds: float | None = None) -> None:
    values = np.array(scores)
    chosen = np.random.default_rng(0).integers(0, len(values), (2000, len(values)))
    low, high = np.percentile(values[:, 2][chosen].mean(axis=1), [2.5, 97.5])
    precision, recall, f1 = values.mean(axis=0)
    speed = f"{milliseconds:.0f} ms/page" if milliseconds is not None else ""
    print(f"{name:44} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f} ({low:.3f}–{high:.3f})  {speed}")


def dates() -> None:
    """How often the day is right on the date pages of the tests, beside htmldate (which tells no time of day)."""
    import htmldate

    sys.path.insert(0, str(DATE_PAGES.parent))
    from date_pages import DATE_PAGES as SHOWN
    from date_pages import FETCHED_AT

    now = datetime.fromisoformat(FETCHED_AT)
    mine = theirs = whole = 0
    for page in SHOWN:
        moment = extract(page.html, url=page.url, fetched_at=now).published_at
        found = htmldate.find_date(page.html, url=page.url, original_date=True, max_date=FETCHED_AT[:10])
        day = page.right[:10] if page.right else None
        whole += (moment.isoformat() if moment else None) == page.right
        mine += (moment.isoformat()[:10] if moment else None) == day
        theirs += found == day
    print(
        f"{'time of publication, date pages':44} right {whole} of {len(SHOWN)}; the day alone {mine}, htmldate {theirs}"
    )


def near_the_crawl(read: list[Page]) -> None:
    """Whether news pages date from the days before they were crawled: a silver standard."""
    found = []
    for page in read:
        crawled = datetime.strptime(page.crawled, "%Y%m%d").replace(tzinfo=BEIJING)
        fetched = crawled + timedelta(days=2)  # the day of crawling is that of another time zone
        moment = extract(page.html, fetched_at=fetched).published_at
        if moment:
            found.append(fetched - moment.value <= timedelta(days=5))
    told = f"found on {len(found)} of {len(read)}; {sum(found)} within 3 days of the crawl"
    print(f"{'time of publication, news pages':44} {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", type=Path, help="fit the weights on all pages and write them here")
    options = parser.parse_args()
    read = pages(options.folder)
    if options.write:
        options.write.write_text(fit(read).as_json(CARD), encoding="utf-8")
        return
    for name, by_host in (("pages kept back", False), ("hosts kept back", True)):
        found = crossed(read, by_host=by_host)
        show(
            f"minyi, title and text, {name}",
            [score(f"{title}\n{text}", page.gold) for (title, text), page in zip(found, read, strict=True)],
        )
        show(
            f"minyi, text alone, {name}", [score(text, page.gold) for (_, text), page in zip(found, read, strict=True)]
        )
    for name, library in {"minyi, shipped weights (speed only)": lambda page: ours(page)[1], **libraries()}.items():
        started = time.process_time()
        texts = [library(page.html) for page in read]
        spent = (time.process_time() - started) / len(read) * 1000
        if name.startswith("minyi"):
            print(f"{name:44} {spent:.0f} ms/page")
        else:
            show(name, [score(text, page.gold) for text, page in zip(texts, read, strict=True)], spent)
    titles = sum(bare(ours(page.html)[0]) == bare(page.gold.split("\n")[0]) for page in read)
    dates()
    near_the_crawl(read)
    print(f"{'headline equals the first gold line':44} {titles} of {len(read)}")


if __name__ == "__main__":
    main()
