"""Kubernetes' words, made fit for one sentence: one line, short, without secrets."""

from __future__ import annotations

import re

LONGEST = 200
"""Characters of what is quoted."""

_SECRETS = (
    # user:password@host in an address
    (re.compile(r"(\w+://)[^\s/@:]*:[^\s/@]+@"), r"\1…@"),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), r"\1 …"),
    (
        re.compile(
            r"([\w-]*(?:token|passw(?:or)?d|passwd|secret[_-]?key|access[_-]?key|api[_-]?key|"
            r"signature|credential)[\w-]*[\"']?\s*[=:]\s*[\"']?)[^\s\"',;&]+",
            re.IGNORECASE,
        ),
        r"\1…",
    ),
    (re.compile(r"\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*"), "…"),
)
"""What looks like a password or a token; the last one is a JSON web token."""

_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x1f\x7f]")


def clean(text: str) -> str:
    """Return text on one line, without control characters and what looks secret."""
    text = " ".join(_CONTROL.sub(" ", text).split())
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def short(text: str, longest: int = LONGEST) -> str:
    """Return clean text, cut to a length."""
    text = clean(text)
    return text if len(text) <= longest else f"{text[: longest - 2].rstrip()} …"


def sentence(text: str, longest: int = LONGEST) -> str:
    """Return clean text, cut, with a full stop."""
    text = short(text, longest)
    return text if text.endswith((".", "!", "?", "…")) or not text else f"{text}."


def cause(told: str) -> str:
    """Return the last link of a chain of causes: what really happened."""
    parts = re.split(r"rpc error: code = \w+ desc = |: ", told)
    last = parts[-1].strip()
    return last if len(last) > 15 or len(parts) == 1 else ": ".join(parts[-2:]).strip()


def plural(count: int, one: str, many: str = "") -> str:
    """Return ``1 worker``, ``2 workers``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(words: list[str]) -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
