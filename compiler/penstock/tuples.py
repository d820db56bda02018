"""Named tuples that are cheap to define.

The standard library writes and compiles a constructor for each, and checks each type; some eighty of them take longer than reading and
checking a small topology. These share one constructor. For type checkers they are those of the standard library.
"""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING or sys.version_info >= (3, 14):  # where a class body no longer has its annotations
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - on to who imports it from here
else:
    from _collections import _tuplegetter

    class _Definition(type):
        """Makes a class with annotations a tuple with names."""

        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = {field: namespace.pop(field) for field in fields if field in namespace}
            getters = {field: _tuplegetter(index, None) for index, field in enumerate(fields)}
            own = {"__slots__": (), "_fields": fields, "__match_args__": fields, "_field_defaults": defaults}
            return super().__new__(cls, name, bases, {**namespace, **own, **getters})

    class NamedTuple(tuple, metaclass=_Definition):
        """A tuple whose places have the names, and defaults, that a class writes down."""

        __slots__ = ()

        def __new__(cls, *values: Any, **named: Any) -> Self:  # noqa: ANN401
            """Give every field its value: by place, by name or by default."""
            fields = cls._fields
            if named or len(values) != len(fields):
                values = tuple(_filled(cls, values, named))
            return tuple.__new__(cls, values)

        def _replace(self, **changes: Any) -> Self:  # noqa: ANN401
            return type(self)(**(self._asdict() | changes))

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

        def __repr__(self) -> str:
            fields = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({fields})"

    def _filled(cls: Any, values: tuple[Any, ...], named: dict[str, Any]) -> Iterator[Any]:  # noqa: ANN401
        """The values of all fields, by place, by name or by default."""
        fields = cls._fields
        given = len(values)
        if given > len(fields) or not named.keys() <= set(fields[given:]):
            message = (
                f"{cls.__name__} takes {', '.join(fields)}; it got {given} values and {', '.join(named) or 'no names'}"
            )
            raise TypeError(message)
        yield from values
        for field in fields[given:]:
            if field in named:
                yield named[field]
            elif field in cls._field_defaults:
                yield cls._field_defaults[field]
            else:
                message = f"{cls.__name__} needs {field}"
                raise TypeError(message)
