"""The whole product in one process, started by test_p21_whole_product.py where no network is: prints what was done."""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import sys
import threading
import time
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
ELSEWHERE = ("192.0.2.1", 443)
PROJECT = "luting-waste-to-energy"
UP = 0x8913, 0x8914


def loopback_up() -> None:
    """A new namespace has loopback, switched off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        read, write = UP
        flags = struct.unpack("16sh", fcntl.ioctl(asked, read, struct.pack("16sh", b"lo", 0)))[1]
        fcntl.ioctl(asked, write, struct.pack("16sh", b"lo", flags | 1))


def nothing_is_reached() -> bool:
    try:
        socket.create_connection(ELSEWHERE, timeout=1).close()
    except OSError:
        return True
    return False


def thread(home: Path) -> dict[str, object]:
    """Import, work, search, evidence, pages, files that leave, filters: through commands and over HTTP on loopback."""
    import httpx
    import uvicorn
    from click.testing import CliRunner

    from api.app import create_app
    from api.cli.main import cli
    from pipeline.office import Office

    done: dict[str, object] = {}

    def minyi(*arguments: str, stdin: str = "") -> str:
        answer = CliRunner().invoke(cli, list(arguments), input=stdin, catch_exceptions=False)
        done[" ".join(arguments[:2])] = answer.exit_code
        return answer.stdout

    at = ("--home", str(home))
    minyi("init", *at)
    minyi("projects", "import", str(EXAMPLES / "projects.jsonl"), *at)
    minyi("import", str(EXAMPLES / "petitions_waste_plant.csv"), "--rejects", str(home / "rejects.csv"), *at)
    minyi("risk-points", PROJECT, "--purpose", "risk_identification", *at)
    minyi("search", "臭味", "--project", PROJECT, "--purpose", "risk_identification", *at)
    minyi("tables", "--project", PROJECT, "--purpose", "risk_survey", "--out", str(home / "tables.xlsx"), *at)
    minyi("verify", *at)
    said = minyi("annotate", stdin=json.dumps({"uid": "1", "title": "停水", "text": "小区停水三天，物业不管。"}) + "\n")
    done["annotated"] = bool(json.loads(said)["is_grievance"])
    counts = "".join(
        json.dumps({"series": "s", "timestamp": f"2026-03-{day:02d}", "count": 1}) + "\n" for day in range(1, 29)
    )
    done["detected"] = len(minyi("detect", stdin=counts).splitlines())
    with Office.open(home, create=False) as office:
        key = office.store.issue_api_key("reader", "assessor")
        server = uvicorn.Server(uvicorn.Config(create_app(office), host="127.0.0.1", port=8099, log_level="error"))
        running = threading.Thread(target=server.run)
        running.start()
        try:
            until = time.monotonic() + 120
            while not server.started and time.monotonic() < until:
                time.sleep(0.05)
            with httpx.Client(
                base_url="http://127.0.0.1:8099", timeout=60, headers={"Authorization": f"Bearer {key}"}
            ) as ask:
                purpose = {"purpose": "risk_identification"}
                for path in ("/healthz", f"/v1/projects/{PROJECT}/risk-points", f"/v1/projects/{PROJECT}/documents",
                             f"/v1/projects/{PROJECT}/facets", f"/v1/projects/{PROJECT}/matters", "/sign-in"):  # fmt: skip
                    done[path] = ask.get(path, params=purpose if path.startswith("/v1") else None).status_code
        finally:
            server.should_exit = True
            running.join()
    return done


if __name__ == "__main__":
    loopback_up()
    alone = nothing_is_reached() and [name for _, name in socket.if_nameindex()] == ["lo"]
    print(json.dumps({"alone": alone, **thread(Path(sys.argv[1]))}))
