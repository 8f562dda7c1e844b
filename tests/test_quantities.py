from __future__ import annotations

from decimal import Decimal

import pytest

from jupyter_dask_k8s.quantities import format_memory, parse_memory, parse_quantity


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


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("100m", "0.1"),
        ("2", "2"),
        (3, "3"),
        ("1.5", "1.5"),
        (".5", "0.5"),
        ("1Ki", "1024"),
        ("1k", "1000"),
        ("2E", "2e18"),
        ("1Ei", str(1024**6)),
        ("1e3", "1000"),
        ("12E2", "1200"),
        ("500u", "0.0005"),
    ],
)
def test_quantities_of_kubernetes(text: object, amount: str) -> None:
    assert parse_quantity(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "1 Gi", "1gi", "--1", "x", "1e", "NaN", "1.2.3"])
def test_no_quantity_of_kubernetes(text: str) -> None:
    with pytest.raises(ValueError, match="is no quantity"):
        parse_quantity(text)
