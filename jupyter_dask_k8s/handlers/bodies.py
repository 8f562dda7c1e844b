"""Bodies of requests as types; each mistake becomes a sentence that names the field."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from ..errors import InvalidRequest
from ..validation import explain

T = TypeVar("T")


def decode_body(body: bytes, type: type[T]) -> T:
    """Return the body as ``type``; raises `InvalidRequest` and `InvalidField`."""
    try:
        return msgspec.json.decode(body, type=type)
    except msgspec.ValidationError as error:
        raise explain(error, type) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(
            f"The request's body must be a JSON object; this is none: {error}."
        ) from None
    except RecursionError:
        raise InvalidRequest("The request's body is nested too deeply.") from None
