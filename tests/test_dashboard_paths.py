from __future__ import annotations

import pytest

from jupyter_dask_k8s.dashboard_paths import check_location, check_path, clean_query
from jupyter_dask_k8s.errors import NotPermitted


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("", "/"),
        ("status", "/status"),
        ("individual-task-stream", "/individual-task-stream"),
        ("individual-plots.json", "/individual-plots.json"),
        ("static/js/bokeh.min.js", "/static/js/bokeh.min.js"),
        ("statics/css/base.css", "/statics/css/base.css"),
        ("info/main/workers.html", "/info/main/workers.html"),
        ("info/task/('sum', 1).html", "/info/task/%28%27sum%27%2C%201%29.html"),
        (
            "info/worker/tcp://127.0.0.1:1.html",
            "/info/worker/tcp%3A%2F%2F127.0.0.1%3A1.html",
        ),
        ("info/logs/tls://[::1]:1.html", "/info/logs/tls%3A%2F%2F%5B%3A%3A1%5D%3A1.html"),
        # One part for the scheduler, whatever is in it.
        ("info/task/../../proxy/1/h.html", "/info/task/..%2F..%2Fproxy%2F1%2Fh.html"),
        ("status/ws", "/status/ws"),
    ],
)
def test_pages_pass(path: str, sent: str) -> None:
    assert check_path(path) == sent


@pytest.mark.parametrize(
    "path",
    [
        "proxy/8888/127.0.0.1/",
        "proxy",
        "api/v1/retire_workers",
        "jupyter/lab",
        "eventstream",
        "status/../proxy/8888/127.0.0.1/",
        "status/./x",
        "statics/..%2f..%2fproxy/1/2",
        "%70roxy/8888/127.0.0.1",
        "/proxy/8888/127.0.0.1",
        "//evil.example/status",
        "status//x",
        "status\\..\\proxy",
        "status\r\nHost: evil",
        "info/task/x.html\r\nHost: evil.html",
        "info/other/a'b.html",
        "status?x",
        "status#x",
        "statics/\x00",
    ],
)
def test_nothing_else_passes(path: str) -> None:
    with pytest.raises(NotPermitted):
        check_path(path)


def test_secrets_leave_the_query() -> None:
    assert clean_query("token=abc&v=1&_xsrf=2&q=") == "?v=1&q="
    assert clean_query("%74oken=abc") == ""
    assert clean_query("") == ""


HERE = "scheduler.example:8787"


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("/status", "/status"),
        ("status", "/info/status"),
        ("main/workers.html?token=x&a=1", "/info/main/workers.html?a=1"),
        ("../tasks#top", "/tasks#top"),
        ("../../../../tasks", "/tasks"),
        (f"http://{HERE}/status", "/status"),
        (f"//{HERE}/status", "/status"),
    ],
)
def test_redirects_within(location: str, there: str) -> None:
    assert check_location(location, "/info/x", HERE) == there


@pytest.mark.parametrize(
    "location",
    [
        "http://evil.example/status",
        "//evil.example/status",
        "https://scheduler.example:8787/status",
        "http://scheduler.example/status",
        "http://user@scheduler.example:8787/status",
        "http://[evil/status",
        "javascript:alert(1)",
        "/\\evil.example/status",
        "\\\\evil.example/status",
        "/\t/evil.example/status",
        " //evil.example/status",
        "///evil.example/status",
        "/%2f/evil.example/status",
        "/../../../lab",
        "../api/contents",
        "/status/%2e%2e/%2e%2e/lab",
        "/proxy/8888/127.0.0.1/",
        "/status\udcff",
    ],
)
def test_redirects_to_another_place(location: str) -> None:
    with pytest.raises(NotPermitted):
        check_location(location, "/info/x", HERE)
