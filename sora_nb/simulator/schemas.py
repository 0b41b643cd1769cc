"""Words of JSON Schema, as the simulator's own description of itself says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

STRING: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
BOOLEAN: Schema = {"type": "boolean"}
NULL: Schema = {"type": "null"}
ANY: Schema = {}
FILE: Schema = {"type": "string", "contentMediaType": "application/octet-stream"}
"""A file in a form."""

NO_SURROGATES = r"^[^\ud800-\udfff]*$"


def text(shortest: int = 0, longest: int | None = None, pattern: str | None = None) -> Schema:
    """A text of so many characters."""
    limits = {"minLength": shortest or None, "maxLength": longest, "pattern": pattern}
    return {"type": "string", **{name: value for name, value in limits.items() if value is not None}}


def one_of(*schemas: Schema) -> Schema:
    """Any of these."""
    return {"anyOf": list(schemas)}


def choice(*values: Any) -> Schema:
    """One of these values."""
    return {"enum": list(values)}


def listed(item: Schema, longest: int | None = None) -> Schema:
    """A list."""
    return {"type": "array", "items": item, **({} if longest is None else {"maxItems": longest})}


def record(
    required: Mapping[str, Schema], *, optional: Mapping[str, Schema] | None = None, more: bool = False
) -> Schema:
    """An object with these fields and, unless there may be *more*, no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": more,
    }
