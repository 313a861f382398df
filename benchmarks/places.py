"""How long do places, organisations, facilities and units asked take together? Milliseconds per 300 characters.

    python -m benchmarks.places ../shared/data/grievances/gold_dev.jsonl.gz

Processor time of one thread, the segmentation not counted; the median over all texts of 100 characters or more.
"""

from __future__ import annotations

import gzip
import json
import statistics
import sys
import time
from pathlib import Path

from models import addressed, facilities, organisations, places  # noqa: F401 - registers the components
from models.segment import blank


def main(path: Path) -> None:
    """Prints the median and the 95th percentile."""
    nlp = blank()
    for name in ("places", "organisations", "facilities", "addressed"):
        nlp.add_pipe(name)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = [row["title"] + "\n" + row["text"] for row in map(json.loads, lines)]
    nlp(texts[0])
    times = []
    for text in texts:
        if len(text) >= 100:
            doc = nlp.make_doc(text)
            start = time.process_time()
            nlp(doc)
            times.append((time.process_time() - start) * 1000 * 300 / len(text))
    high = statistics.quantiles(times, n=20)[-1]
    print(
        f"{len(times)} texts: median {statistics.median(times):.2f}, 95th percentile {high:.2f} ms per 300 characters"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
