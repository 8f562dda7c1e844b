"""What msgspec says of wrong data, as a sentence that names the field."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import inspect

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


def explain(error: msgspec.ValidationError, type: Any) -> InvalidField:
    """Return what is wrong; raises `InvalidRequest` where the whole is no object.

    ``type`` is what was expected.
    """
    match = _PATH.match(str(error))
    assert match is not None
    what, path = match["what"], (match["path"] or "").strip(".")
    quoted = _QUOTED.findall(what)
    if "unknown field" in what or "missing required field" in what:
        # The name is whatever somebody wrote: nothing, or with quotes of its own.
        name = what.partition("`")[2].removesuffix("`")
        field = ".".join(part for part in (path, name) if part)
        verb = "is not a known field" if "unknown" in what else "is missing"
        return InvalidField(field, f"“{field}” {verb}.")
    if path.rpartition(".")[2] == "name":
        return InvalidField(path, NAME_RULE)
    if not path:
        raise InvalidRequest("The request's body must be a JSON object.")
    if path.endswith("[...]"):
        # msgspec does not tell which one.
        path = path.removesuffix("[...]")
        return InvalidField(path, f"“{path}”: each value: {_sentence(what, quoted)}")
    if what.startswith("Invalid enum value"):
        return InvalidField(path, f"“{path}” is one of {', '.join(_choices(type, path))}.")
    return InvalidField(path, f"“{path}”: {_sentence(what, quoted)}")


def _choices(type: Any, path: str) -> list[str]:
    """Return the words that are possible at a path, as `explain` has it, of a type."""
    kinds = _one_by_one(inspect.type_info(type))
    for part in re.findall(r"\[|[^.\[\]\d][^.\[\]]*", path):
        inner: list[inspect.Type] = []
        for kind in kinds:
            if isinstance(kind, inspect.ListType) and part == "[":
                inner += _one_by_one(kind.item_type)
            elif isinstance(kind, inspect.StructType):
                fields = [it.type for it in kind.fields if it.encode_name == part]
                inner += [one for it in fields for one in _one_by_one(it)]
        kinds = inner
    found = [kind.values for kind in kinds if isinstance(kind, inspect.LiteralType)]
    return [str(it) for values in found for it in values]


def _one_by_one(kind: inspect.Type) -> list[inspect.Type]:
    return list(kind.types) if isinstance(kind, inspect.UnionType) else [kind]


def _sentence(what: str, quoted: list[str]) -> str:
    """Put msgspec's words (0.18 to 0.22) into a user's."""
    got = re.fullmatch(r"Expected `(.+)`, got `(.+)`", what)
    if got:
        return f"expected {_plain(got[1])}, got {_plain(got[2])}."
    length = re.fullmatch(r"Expected `(.+)` of length (>=|<=) (\d+)", what)
    if length:
        if length[2] == ">=":
            return "it must not be empty." if length[3] == "1" else "it is too short."
        return f"it is too long: at most {length[3]} are possible."
    if "matching regex" in what:
        return "it has characters that are not possible there."
    bound = re.fullmatch(r"Expected `(.+)` (>=|<=|>|<) (\S+)", what)
    if bound:
        words = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
        return f"expected {_plain(bound[1])} of {words[bound[2]]} {bound[3]}."
    return what.replace("`", "“", 1).replace("`", "”", 1) + "."
