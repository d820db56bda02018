"""CloudFormation's intrinsic functions as values: what a template says before it is text."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ref:
    """``!Ref``: a resource, a parameter or a pseudo parameter such as ``AWS::Region``."""

    target: str


@dataclass(frozen=True, slots=True)
class GetAtt:
    """``!GetAtt``: an attribute of a resource."""

    target: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Sub:
    """``!Sub``: text with ``${...}`` in it."""

    text: str


Value = Any
"""A JSON value whose leaves may be ``Ref``, ``GetAtt`` or ``Sub``."""


def arn(target: str) -> GetAtt:
    """The ARN of a resource that offers it as the attribute ``Arn``."""
    return GetAtt(target, "Arn")


def text_of(value: Value) -> str:
    """A value as a part of a text for ``Fn::Sub``."""
    match value:
        case GetAtt():
            return f"${{{value.target}.{value.attribute}}}"
        case Ref():
            return f"${{{value.target}}}"
        case Sub():
            return value.text
        case _:
            return str(value)
