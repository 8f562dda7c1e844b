"""The examples of profiles in the documentation can be used as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from traitlets.config import Config

from jupyter_dask_k8s.backends.kubernetes.objects import ConfigMap
from jupyter_dask_k8s.backends.kubernetes.profiles import read_maps
from jupyter_dask_k8s.profiles import Book, builtin
from jupyter_dask_k8s.profiles.book import written

from .test_profiles import Ground

PAGE = Path(__file__).parents[1] / "docs/administration.md"


@pytest.fixture
def text() -> str:
    page = PAGE.read_text()
    _, found, section = page.partition("\n## Profiles\n")
    if not found:
        pytest.skip("docs/administration.md has no section “Profiles”")
    return re.split(r"\n## (?!#)", section)[0]


def block(text: str, language: str, word: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    (found,) = [it for it in blocks if word in it]
    return str(found)


def test_the_configuration(text: str) -> None:
    config = Config()
    exec(block(text, "python", "c.Backend.profiles"), {"c": config})
    section: Any = config.Backend
    book = Book(Ground(), section.default_profile)
    book.load("settings", *written(section.profiles, "the page"))
    answer = book.answer()
    assert answer.troubles == []
    assert [it.name for it in answer.profiles] == ["standard", "standard-adaptive"]
    assert answer.default == "standard"
    assert answer.profiles[1].bounds == answer.profiles[0].bounds


def test_the_config_map(text: str) -> None:
    content = yaml.safe_load(block(text, "yaml", "kind: ConfigMap"))
    assert "dask-k8s/profile" in content["metadata"]["labels"]
    item = msgspec.convert(content, ConfigMap)
    found, troubles = read_maps({item.metadata.name: item})
    assert troubles == []
    book = Book(Ground(), "")
    book.load("package", *written({"gpu": builtin.gpu()}, "the package"))
    book.load("kubeflow-alice", found)
    answer = book.answer()
    assert answer.troubles == []
    gpu, highmem = answer.profiles
    assert highmem.label == "Much memory"
    assert (gpu.label, gpu.defaults.worker_command) == ("GPU", ["dask", "cuda", "worker"])
