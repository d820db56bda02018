"""CloudFormation's intrinsic functions as values: what a template says before it is text."""

import json
from collections.abc import Mapping
from typing import Any

from penstock.records import value


@value
class Ref:
    """``!Ref``: a resource, a parameter or a pseudo parameter such as ``AWS::Region``."""

    target: str


@value
class GetAtt:
    """``!GetAtt``: an attribute of a resource."""

    target: str
    attribute: str


@value
class Sub:
    """``!Sub``: text with ``${...}`` in it; ``variables`` are the ones that are no names of the template, with their values."""

    text: str
    variables: tuple[tuple[str, "Value"], ...] = ()

    def __repr__(self) -> str:
        """As short as the text is: the ids of API deployments hang on it."""
        return f"Sub(text={self.text!r})" if not self.variables else f"Sub(text={self.text!r}, {self.variables!r})"


@value
class ImportValue:
    """``!ImportValue``: what another stack of the account and region exports under a name."""

    name: "Value"


@value
class Split:
    """``!Split``: the pieces of a text."""

    delimiter: str
    text: "Value"


@value
class Select:
    """``!Select``: one of several pieces."""

    index: int
    pieces: Split


@value
class Join:
    """``!Join``: a list as one text."""

    delimiter: str
    pieces: "Value"


def as_text(value: object) -> Sub:
    """A JSON value as text that CloudFormation completes, for properties that take no mapping.

    >>> as_text({"a": [Ref("Topic"), "${"]}).text
    '{"a": ["${Topic}", "${!"]}'
    """
    return Sub(json.dumps(_flat(value)))


def _flat(value: object) -> object:
    match value:
        case Ref(target):
            return f"${{{target}}}"
        case GetAtt(target, attribute):
            return f"${{{target}.{attribute}}}"
        case Sub(text):
            return text
        case Mapping():
            return {key: _flat(inner) for key, inner in value.items()}
        case list():
            return [_flat(inner) for inner in value]
        case str():
            return value.replace("${", "${!")
        case _:
            return value


Value = Any
"""A JSON value whose leaves may be intrinsic functions."""


def inside(name: str, value: Value) -> Sub:
    """A value as ``!Sub`` puts it into a text: by its own name where it has one, else as a variable of that name."""
    match value:
        case Ref(target):
            return Sub(f"${{{target}}}")
        case GetAtt(target, attribute):
            return Sub(f"${{{target}.{attribute}}}")
        case str():
            return Sub(value.replace("${", "${!"))
        case Sub(text, variables):
            return Sub(text, variables)
        case _:
            return Sub(f"${{{name}}}", ((name, value),))


def arn(target: str) -> GetAtt:
    """The ARN of a resource that offers it as the attribute ``Arn``."""
    return GetAtt(target, "Arn")


def text_of(value: Value) -> str:
    """A value as a part of a text for ``Fn::Sub``."""
    return str(_flat(value))
