"""Classes of plain values that are cheap to make.

The standard library writes and compiles the methods of each dataclass when its module is imported, which for some forty kinds of component
takes longer than reading and checking a topology. `record` makes a dataclass of the same fields, whose one constructor is shared.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar, cast, dataclass_transform

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A dataclass whose values are given by name. Two are the same only if they are one object.

    That nobody changes one is for the type checker to hold. Missing and unknown fields are a ``TypeError``.
    """
    made = dataclass(init=False, repr=False, eq=False, kw_only=True)(cls)
    own = fields(cast("type[DataclassInstance]", made))
    defaults = {one.name: one.default for one in own if one.default is not MISSING}
    factories = {one.name: one.default_factory for one in own if one.default_factory is not MISSING}
    setattr(made, "__init__", _constructor(frozenset(one.name for one in own), defaults, factories))  # noqa: B010 - mypy knows an __init__
    return made


def _constructor(
    names: frozenset[str], defaults: dict[str, Any], factories: dict[str, Callable[[], Any]]
) -> Callable[..., None]:
    def construct(self: object, **given: Any) -> None:  # noqa: ANN401 - the fields of any class
        values = vars(self)
        values.update(defaults)
        values.update(given)
        for name, make in factories.items():
            if name not in given:
                values[name] = make()
        if values.keys() != names:
            wrong = ", ".join(sorted(names ^ values.keys()))
            message = (
                f"{type(self).__name__} is made with fields that it has not, or without ones that it needs: {wrong}"
            )
            raise TypeError(message)

    return construct
