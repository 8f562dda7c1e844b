"""Frames that tornado's own client understands: see the tests of the socket."""

from __future__ import annotations

import pytest

from jupyter_dask_k8s.monitor.wire import text_frame

from .ground import texts


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 200_000])
def test_frames_of_all_sizes(size: int) -> None:
    text = b"x" * size
    assert texts(text_frame(text) + text_frame(b"{}") + text_frame(text)) == [
        text,
        b"{}",
        text,
    ]
    head = len(text_frame(text)) - size
    assert head == (2 if size < 126 else 4 if size < 65536 else 10)
