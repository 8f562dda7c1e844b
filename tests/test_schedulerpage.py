"""The page of our schedulers, whoever asks and how often."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from .monitor.ground import Scheduler, worker


def test_many_who_ask_cost_no_more_than_one() -> None:
    scheduler = Scheduler()
    scheduler.cost = 0.01
    made = 0

    def more() -> dict[str, Any]:
        nonlocal made
        made += 1
        return scheduler.more()

    begin = time.monotonic()
    answers = [scheduler.page.answer("", more) for _ in range(50)]
    assert len(set(answers)) == made <= 1 + (time.monotonic() - begin) / 0.5
    assert scheduler.page.cost >= 0.01


def test_news_only_for_who_knows_the_rest() -> None:
    scheduler = Scheduler()
    scheduler.set(*(worker(it) for it in range(5)))

    def ask(known: str) -> tuple[dict[str, Any], dict[str, Any]]:
        scheduler.page.until = 0.0
        head, body = msgspec.msgpack.decode(scheduler.page.answer(known, dict))
        return head, body

    head, body = ask("")
    assert [it[0] for it in head["new"]] == body["number"] == [1, 2, 3, 4, 5]
    known = f"{head['id']}:{head['last']}"
    assert ask(known)[0]["new"] == []
    scheduler.set(*(worker(it) for it in range(2, 7)))
    head, body = ask(known)
    assert [it[1] for it in head["new"]] == ["worker-5", "worker-6"]
    assert body["number"] == [3, 4, 5, 6, 7]
    for nonsense in ("x:3", f"{head['id']}:-1", f"{head['id']}:", "1", f"{head['id']}:²"):
        assert len(ask(nonsense)[0]["new"]) == 5
