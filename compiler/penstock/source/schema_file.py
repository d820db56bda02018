"""JSON Schema files that messages name."""

from pathlib import Path
from typing import Any, NamedTuple


class SchemaFile(NamedTuple):
    """A schema, or why it cannot be had."""

    schema: dict[str, Any] | None
    problem: str | None


def read_schema_file(path: Path, shown: str) -> SchemaFile:
    """The JSON object in a file; never raises for what a file may hold."""
    import json

    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return SchemaFile(None, f"{shown} cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        return SchemaFile(None, f"{shown} is not UTF-8 text")
    except json.JSONDecodeError as error:
        return SchemaFile(None, f"{shown}:{error.lineno}:{error.colno} is not JSON ({error.msg})")
    except RecursionError:
        return SchemaFile(None, f"{shown} is nested too deeply")
    if not isinstance(value, dict):
        return SchemaFile(None, f"{shown} holds no JSON object")
    return SchemaFile(value, None)
