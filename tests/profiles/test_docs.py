"""The examples of profiles in the documentation can be used as they stand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from traitlets.config import Config

from jupyter_dask_k8s.backends.kubernetes.objects import ConfigMap
from jupyter_dask_k8s.backends.kubernetes.profiles import read_maps
from jupyter_dask_k8s.models import ClusterCreate
from jupyter_dask_k8s.profiles import Book, builtin
from jupyter_dask_k8s.profiles.book import written

from .ground import Ground

ROOT = Path(__file__).parents[2]


@pytest.fixture
def text() -> str:
    return (ROOT / "docs/profiles.md").read_text()


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


def test_the_users_settings(text: str) -> None:
    content = json.loads(block(text, "json", '"profiles"'))
    schema = json.loads((ROOT / "schema/profiles.json").read_text())
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(content, schema)
    (own,) = content["profiles"]
    book = Book(Ground(), "")
    book.load("package", *written({"small": builtin.small()}, "the package"))
    request = {**own["defaults"], "profile": own["extends"]}
    done = book.resolve(msgspec.convert(request, ClusterCreate))
    assert (done.workers, done.profile, done.packages) == (4, "small", ["polars==1.9"])
