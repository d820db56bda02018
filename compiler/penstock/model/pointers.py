"""JSON Pointers into schemas, as they stand behind the ``#`` of a reference."""

from collections.abc import Mapping
from urllib.parse import unquote


def steps(pointer: str) -> list[str]:
    """The names along a pointer."""
    return [unquote(part).replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def resolve(root: object, pointer: str) -> object:
    """What a pointer (``/$defs/Line``) points at; KeyError where it points at nothing."""
    found = root
    for name in steps(pointer):
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, Mapping):
            found = found[name]
        else:
            raise KeyError(pointer)
    return found


def step(pointer: str, *names: object) -> str:
    """The pointer of something below a pointer."""
    return "/".join([pointer, *(str(name).replace("~", "~0").replace("/", "~1") for name in names)])
