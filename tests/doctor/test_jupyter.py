"""What requests tell of proxies, and what is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_dask_k8s import __version__
from jupyter_dask_k8s.backends.examination import Finding
from jupyter_dask_k8s.doctor import jupyter
from jupyter_dask_k8s.doctor.jupyter import Visit, examine_visit
from jupyter_dask_k8s.models import Check

PAGE = "https://hub.example.org/notebook/team-a/nb/lab/tree/x.ipynb"


def visit(**part: Any) -> tuple[Check, Check]:
    headers = {"referer": PAGE, "x-forwarded-proto": "https"}
    headers |= part.pop("headers", {})
    base, host = examine_visit(
        Visit(
            **{
                "scheme": "https",
                "host": "hub.example.org",
                "base_url": "/notebook/team-a/nb/",
                "headers": headers,
                "allow_origin": "",
                **part,
            }
        )
    )
    return base, host


def test_a_proxy_that_does_it_right() -> None:
    base, host = visit()
    assert (base.verdict, host.verdict) == ("ok", "ok")
    assert "reverse proxy is in between" in host.message
    base, host = visit(headers={"referer": "", "x-forwarded-proto": ""})
    assert (base.verdict, host.verdict) == ("ok", "ok")


def test_a_proxy_that_cuts_the_path() -> None:
    base, _ = visit(base_url="/other/")
    assert base.verdict == "failed"
    assert 'c.ServerApp.base_url = "/notebook/team-a/nb/"' in base.remedy
    assert base.remedy_kind == "config"


@pytest.mark.parametrize(
    ("page", "base_url"),
    [
        # A Referrer-Policy that tells the origin only.
        ("https://hub.example.org/", "/notebook/team-a/nb/"),
        ("https://hub.example.org", "/notebook/team-a/nb/"),
        # The same user, written in two ways.
        ("https://hub.example.org/user/a%40b.org/lab", "/user/a@b.org/"),
        ("https://hub.example.org/user/a@b.org/lab", "/user/a%40b.org/"),
    ],
)
def test_a_page_that_tells_little(page: str, base_url: str) -> None:
    base, _ = visit(base_url=base_url, headers={"referer": page})
    assert base.verdict == "ok"


def test_a_prefix_that_looks_like_a_page() -> None:
    page = "https://hub.example.org/user/labrador/lab/tree/x.ipynb"
    base, _ = visit(base_url="/", headers={"referer": page})
    assert base.verdict == "ok"
    base, _ = visit(base_url="/other/", headers={"referer": page})
    assert 'c.ServerApp.base_url = "/user/labrador/"' in base.remedy


def test_a_pattern_that_lets_the_page_in() -> None:
    for pattern, verdict in ((r"https://.*\.example\.org", "ok"), ("https://x", "failed")):
        _, host = visit(host="10.0.0.7:8888", allow_origin_pat=pattern)
        assert host.verdict == verdict


def test_a_proxy_that_changes_the_host() -> None:
    _, host = visit(host="10.0.0.7:8888")
    assert host.verdict == "failed"
    assert 'c.ServerApp.allow_origin = "https://hub.example.org"' in host.remedy
    for allowed in ("*", "https://hub.example.org"):
        _, host = visit(host="10.0.0.7:8888", allow_origin=allowed)
        assert host.verdict == "ok"


def test_a_proxy_whose_tls_is_not_seen() -> None:
    _, host = visit(scheme="http")
    assert (host.verdict, host.remedy) == (
        "warning",
        "c.ServerApp.trust_xheaders = True",
    )


# --- what is installed ---------------------------------------------------------------


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of data and configuration, the first of two each."""
    (tmp_path / "data").mkdir()
    for name, kind in (("jupyter_path", "data"), ("jupyter_config_path", "config")):
        found = [str(tmp_path / kind), str(tmp_path / f"other-{kind}")]
        monkeypatch.setattr(jupyter, name, lambda *args, found=found: found)
    return tmp_path


def install(places: Path, version: str) -> None:
    folder = places / "data/jupyter-dask-k8s"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": version}))


def settings(places: Path, file: str, content: Any, folder: str = "config") -> None:
    path = places / folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def failed(found: Finding, remedy: str) -> bool:
    return found.verdict == "failed" and remedy in found.remedy


def test_the_labextension(places: Path) -> None:
    assert failed(jupyter._labextension(), "pip install")
    install(places, __version__)
    assert jupyter._labextension().verdict == "ok"
    page = {"disabledExtensions": {"jupyter-dask-k8s": True}}
    settings(places, "labconfig/page_config.json", page, "other-config")
    assert failed(jupyter._labextension(), "jupyter labextension enable")
    page = {"disabledExtensions": {"jupyter-dask-k8s": False}}
    settings(places, "labconfig/page_config.json", page)
    assert jupyter._labextension().verdict == "ok"


def test_a_labextension_of_another_version(places: Path) -> None:
    install(places, "99.0.0-rc.1")
    found = jupyter._labextension()
    assert found.verdict == "warning"
    assert "99.0.0-rc.1" in found.message


def test_versions_as_npm_and_pip_write_them() -> None:
    assert jupyter._plain("0.2.0-rc.1") == jupyter._plain("0.2.0rc1")
    assert jupyter._plain("0.2.0-alpha.3") == "0.2.0a3"


def test_the_server_extension(places: Path) -> None:
    assert failed(jupyter._extension(), "jupyter server extension enable")

    def content(on: bool) -> Any:
        return {"ServerApp": {"jpserver_extensions": {"jupyter_dask_k8s": on}}}

    settings(places, "jupyter_server_config.d/x.json", content(True), "other-config")
    assert jupyter._extension().verdict == "ok"
    settings(places, "jupyter_server_config.json", content(False))
    assert failed(jupyter._extension(), "jupyter server extension enable")
