"""Import statements in the order that ruff's isort rules leave alone."""

import re
from collections.abc import Iterable, Mapping

from penstock.emit.python_code import WIDTH, Code

THIRD_PARTY = ("aws_lambda_powertools", "boto3", "botocore")


def imports(modules: Mapping[str, Iterable[str]]) -> Code:
    """Import statements: a module with names for ``from``, with none for a plain import. Plain ones come first."""
    plain = sorted(f"import {module}" for module, names in modules.items() if not names)
    froms = [_from(module, sorted(set(names), key=_order)) for module, names in sorted(modules.items()) if names]
    return Code("\n".join([*plain, *froms]))


def sections(modules: Mapping[str, Iterable[str]]) -> Code:
    """Import statements of the standard library and of third parties, in two blocks."""
    third = {name: names for name, names in modules.items() if name.partition(".")[0] in THIRD_PARTY}
    standard = {name: names for name, names in modules.items() if name not in third}
    return Code("\n\n".join(imports(block) for block in (standard, third) if block))


def _from(module: str, names: list[str]) -> str:
    flat = f"from {module} import {', '.join(names)}"
    if len(flat) <= WIDTH:
        return flat
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in names), ")"])


def _order(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Constants, then classes, then the rest; numbers within names count as numbers."""
    rank = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    parts = [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name) if part]
    return rank, parts
