"""What msgspec says of wrong data, as a sentence that names the field."""

from __future__ import annotations

import re

import msgspec

from .errors import InvalidField, InvalidRequest
from .names import NAME_RULE

_PATH = re.compile(
    r"^(?P<what>.*?)(?: - at `(?P<key>key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL
)
_QUOTED = re.compile(r"`([^`]+)`")
_WORDS = {
    "int": "a whole number",
    "str": "text",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}


def _plain(types: str) -> str:
    """Turn ``int | null`` into ``a whole number or null``."""
    return " or ".join(_WORDS.get(part.strip(), part.strip()) for part in types.split("|"))


def explain(error: msgspec.ValidationError) -> InvalidField:
    """Return what is wrong; raises `InvalidRequest` where the whole is no object."""
    match = _PATH.match(str(error))
    assert match is not None
    what, path = match["what"], (match["path"] or "").strip(".")
    quoted = _QUOTED.findall(what)
    if "unknown field" in what or "missing required field" in what:
        field = ".".join(part for part in (path, quoted[-1]) if part)
        verb = "is not a known field" if "unknown" in what else "is missing"
        return InvalidField(field, f"“{field}” {verb}.")
    if path == "name":
        return InvalidField(path, NAME_RULE)
    if not path:
        raise InvalidRequest("The request's body must be a JSON object.")
    return InvalidField(path, f"“{path}”: {_sentence(what, quoted)}")


def _sentence(what: str, quoted: list[str]) -> str:
    """Put msgspec's words (0.18 to 0.22) into a user's."""
    got = re.fullmatch(r"Expected `(.+)`, got `(.+)`", what)
    if got:
        return f"expected {_plain(got[1])}, got {_plain(got[2])}."
    bound = re.fullmatch(r"Expected `(.+)` (>=|<=|>|<) (\S+)", what)
    if bound:
        words = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
        return f"expected {_plain(bound[1])} of {words[bound[2]]} {bound[3]}."
    return what.replace("`", "“", 1).replace("`", "”", 1) + "."
