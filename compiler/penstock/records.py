"""Classes of plain values that are cheap to define.

The standard library writes and compiles the methods of each dataclass and of each named tuple when its module is imported. For the
hundred and more that there are here this takes longer than reading and checking a topology. These share their methods; for type checkers
they are dataclasses and named tuples.
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar, dataclass_transform

T = TypeVar("T")

__all__ = ["NamedTuple", "field", "record", "replace", "value"]


_MISSING: Any = object()


class _Field:
    """What a field is that is not given, or what makes it, and whether it is shown."""

    def __init__(self, default: object, make: Callable[[], Any], *, shown: bool) -> None:
        self.default = default
        self.make = make
        self.shown = shown


def field(*, default: Any = _MISSING, default_factory: Callable[[], Any] = _MISSING, repr: bool = True) -> Any:  # noqa: A002, ANN401 - as in dataclasses
    """How a record's class says what stands for a field that is not given, what makes that, or that it is not shown."""
    return _Field(default, default_factory, shown=repr)


if TYPE_CHECKING or sys.version_info >= (3, 14):  # where a class body no longer has its annotations
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - on to who imports it from here
else:
    from _collections import _tuplegetter

    _tuple = tuple.__new__

    class _Definition(type):
        """Makes a class with annotations a tuple with names."""

        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = {field: namespace.pop(field) for field in fields if field in namespace}
            getters = {field: _tuplegetter(index, None) for index, field in enumerate(fields)}
            own = {"__slots__": (), "_fields": fields, "__match_args__": fields, "_field_defaults": defaults}
            own |= {"_last": tuple(defaults.values()), "_count": len(fields)}
            return super().__new__(cls, name, bases, {**namespace, **own, **getters})

    class NamedTuple(tuple, metaclass=_Definition):
        """A tuple whose places have the names, and defaults, that a class writes down."""

        __slots__ = ()

        def __new__(cls, *values: Any, **named: Any) -> Self:  # noqa: ANN401
            """Give every field its value: by place, by name or by default."""
            if named:
                if (*named,) != cls._fields[len(values) : len(values) + len(named)]:
                    return _tuple(cls, _filled(cls, values, named))
                values += (*named.values(),)  # nearly always they are given in their order
            missing = cls._count - len(values)
            if not missing:
                return _tuple(cls, values)
            if 0 < missing <= len(cls._last):
                return _tuple(cls, values + cls._last[-missing:])
            return _tuple(cls, _filled(cls, values, {}))

        def _replace(self, **changes: Any) -> Self:  # noqa: ANN401
            return type(self)(**(self._asdict() | changes))

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

        def __repr__(self) -> str:
            fields = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({fields})"

    def _filled(cls: Any, values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:  # noqa: ANN401
        """The values of all fields, by place, by name or by default."""
        defaults, unused = cls._field_defaults, dict(named)
        try:
            rest = [unused.pop(field) if field in unused else defaults[field] for field in cls._fields[len(values) :]]
        except KeyError as missing:
            message = f"{cls.__name__} needs {missing.args[0]}"
            raise TypeError(message) from None
        if unused or len(values) > len(cls._fields):
            message = (
                f"{cls.__name__} takes {', '.join(cls._fields)}; "
                f"it got {len(values)} values and {', '.join(named) or 'no names'}"
            )
            raise TypeError(message)
        return (*values, *rest)


class _Fields:
    """The names of a class's fields, those of its bases first, with what stands for those that are not given."""

    def __init__(self, cls: type) -> None:
        bases = [base.__dict__["_fields"] for base in reversed(cls.__mro__[1:]) if "_fields" in base.__dict__]
        self.defaults: dict[str, Any] = {}
        self.factories: dict[str, Callable[[], Any]] = {}
        self.shown: dict[str, bool] = {}
        for base in bases:
            self.defaults |= base.defaults
            self.factories |= base.factories
            self.shown |= base.shown
        for name, annotation in _annotations(cls).items():
            if "ClassVar" not in str(annotation):
                self._add(cls, name)
        for name, default in self.defaults.items():
            setattr(cls, name, default)
        self.names = tuple(self.shown)
        self.known = self.shown.keys()
        self.required = self.known - self.defaults.keys() - self.factories.keys()

    def _add(self, cls: type, name: str) -> None:
        default = cls.__dict__.get(name, _MISSING)
        special = isinstance(default, _Field)
        self.shown[name] = not special or default.shown
        self.defaults.pop(name, None)
        self.factories.pop(name, None)
        if special:
            delattr(cls, name)
            if default.make is not _MISSING:
                self.factories[name] = default.make
            default = default.default
        if default is not _MISSING:
            self.defaults[name] = default


def _annotations(cls: type) -> dict[str, Any]:
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
    found: dict[str, Any] = cls.__dict__.get("__annotations__", {})  # noqa: RUF063 - inspect is much to import
    return found


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A dataclass whose values are given by name. Two are the same only if they are one object.

    That nobody changes one is for the type checker to hold. Missing and unknown fields are a ``TypeError``.
    """
    made: Any = cls
    made._fields = fields = _Fields(cls)
    made.__init__ = _constructor(fields)
    return cls


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """A dataclass whose values may be given by place. Two are the same if all of their values are."""
    made: Any = cls
    made._fields = fields = _Fields(cls)
    made.__init__ = _placing(fields, _constructor(fields))
    made.__eq__, made.__hash__ = _equal, _hash
    setattr(made, "__match_args__", fields.names)  # noqa: B010 - mypy knows it as read-only
    if "__repr__" not in cls.__dict__:
        made.__repr__ = _shown
    return cls


def replace(one: T, **changes: Any) -> T:  # noqa: ANN401 - the fields of any class
    """Another one with some values changed. What is no field of it is a ``TypeError``."""
    cls: Any = type(one)
    if not changes.keys() <= cls._fields.known:
        return cls(**(vars(one) | changes))  # type: ignore[no-any-return]
    other: T = object.__new__(cls)
    other.__dict__ = vars(one) | changes
    return other


def _constructor(fields: _Fields) -> Callable[..., None]:
    factories, known, required = fields.factories, fields.known, fields.required
    accepted: set[tuple[str, ...]] = set()  # what was given before, which need not be looked at again

    def construct(self: object, **given: Any) -> None:  # noqa: ANN401 - the fields of any class
        for name, make in factories.items():
            if name not in given:
                given[name] = make()
        self.__dict__ = given  # the class has the defaults
        if (names := (*given,)) in accepted:
            return
        if not required <= given.keys() <= known:
            wrong = ", ".join(sorted((required - given.keys()) | (given.keys() - known)))
            message = (
                f"{type(self).__name__} is made with fields that it has not, or without ones that it needs: {wrong}"
            )
            raise TypeError(message)
        accepted.add(names)

    return construct


def _placing(fields: _Fields, construct: Callable[..., None]) -> Callable[..., None]:
    names = fields.names

    def place(self: object, *values: Any, **given: Any) -> None:  # noqa: ANN401 - the fields of any class
        if len(values) > len(names) or given.keys() & set(names[: len(values)]):
            message = (
                f"{type(self).__name__} takes {', '.join(names)}; it got {len(values)} values and {', '.join(given)}"
            )
            raise TypeError(message)
        construct(self, **dict(zip(names, values, strict=False)), **given)

    return place


def _equal(self: object, other: object) -> bool:
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _hash(self: Any) -> int:  # noqa: ANN401 - an object of any such class
    return hash((type(self), *_values(self)))


def _values(self: Any) -> list[Any]:  # noqa: ANN401 - an object of any such class
    return [getattr(self, name) for name in self._fields.names]


def _shown(self: Any) -> str:  # noqa: ANN401 - an object of any such class
    fields = ", ".join(f"{name}={getattr(self, name)!r}" for name, shown in self._fields.shown.items() if shown)
    return f"{type(self).__qualname__}({fields})"
