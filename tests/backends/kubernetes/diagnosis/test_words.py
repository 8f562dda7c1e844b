from __future__ import annotations

import pytest

from jupyter_dask_k8s.backends.kubernetes.diagnosis.words import (
    clean,
    listed,
    plural,
    sentence,
    short,
)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("connect to https://bob:hunter2@example.org/x failed", "hunter2"),
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        ("got DASK_TOKEN=abc123 in", "abc123"),
        ("config {'password': 'hunter2'}", "hunter2"),
        ("url?X-Amz-Signature=abc123&x=1", "abc123"),
        ("AWS_SECRET_ACCESS_KEY: wJalrXUtnFEMI", "wJalrXUtnFEMI"),
        ("jwt eyJhbGciOiJSUzI1NiIs.eyJpc3MiOiJr.c2lnbmF0dXJl ends", "c2lnbmF0dXJl"),
    ],
)
def test_no_secrets(text: str, secret: str) -> None:
    assert secret not in clean(text)
    assert clean(text)[:3] == text[:3]


def test_one_short_line() -> None:
    assert clean("a\n\x1b[31mb\x00  c") == "a b c"
    assert short("x" * 300) == "x" * 198 + " …"
    assert sentence("it broke") == "it broke."
    assert sentence("it broke!") == "it broke!"
    assert sentence("") == ""


def test_numbers_and_lists() -> None:
    assert (plural(1, "pod"), plural(2, "pod")) == ("1 pod", "2 pods")
    assert (listed([]), listed(["a"]), listed(["a", "b", "c"])) == ("", "a", "a, b and c")
