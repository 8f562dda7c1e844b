from __future__ import annotations

import pytest

from jupyter_dask_k8s.dashboard_paths import check_path, clean_query
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
        ("info/task/('sum', 1).html", None),
        ("info/worker/tcp://127.0.0.1:1.html", None),
        ("status/ws", "/status/ws"),
    ],
)
def test_pages_pass(path: str, sent: str | None) -> None:
    if sent is None:
        with pytest.raises(NotPermitted):
            check_path(path)
    else:
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
