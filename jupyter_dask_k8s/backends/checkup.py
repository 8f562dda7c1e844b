"""What the doctor looks at on every backend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from difflib import get_close_matches

from ..profiles import Book
from .examination import LIMIT, Examination, Finding, failed, ok, warning


def profiles(
    id: str,
    title: str,
    section: str,
    read: Callable[[], Awaitable[Book]],
    limit: float = LIMIT,
) -> Examination:
    """Return the examination of a book; ``section`` is where its settings are."""

    async def look() -> Finding:
        return _profiles(await read(), section)

    return Examination(id, title, look, limit)


def _profiles(book: Book, section: str) -> Finding:
    names, trouble = book.names, book.no_default()
    if trouble:
        trouble += f" Requests that name none are refused ({section}.default_profile)."
    text = " ".join([*([trouble] if trouble else []), *book.troubles])
    if trouble and book.wanted:
        tell = warning if names else failed
        near = [*get_close_matches(book.wanted, names, 1), *names, ""]
        return tell(text, f'c.{section}.default_profile = "{near[0]}"', "config")
    if text:
        return warning(text)
    if not names:
        return ok("There are no profiles.")
    count = "is 1 profile" if len(names) == 1 else f"are {len(names)} profiles"
    return ok(f"There {count}; the default is “{book.default}”.")
