from __future__ import annotations

import pytest

from jupyter_dask_k8s.quantities import format_memory, parse_memory


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1000", 1000),
        ("4Gi", 4 * 2**30),
        ("4 GiB", 4 * 2**30),
        ("4gb", 4 * 10**9),
        ("1.5 GiB", 3 * 2**29),
        (" 512MiB ", 512 * 2**20),
        ("2T", 2 * 10**12),
    ],
)
def test_parse_memory(text: str, amount: int) -> None:
    assert parse_memory(text) == amount


@pytest.mark.parametrize(
    "text", ["", "much", "-1Gi", "4 XiB", "1e9", "٣ GiB", "4Gi; rm", "NaN"]
)
def test_parse_memory_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="no amount of memory"):
        parse_memory(text)


@pytest.mark.parametrize("text", ["3 GiB", "1.5 GiB", "512 MiB", "2 TiB", "12 B"])
def test_format_memory_is_read_back(text: str) -> None:
    assert format_memory(parse_memory(text)) == text
