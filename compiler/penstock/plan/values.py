"""CloudFormation's intrinsic functions as values: what a template says before it is text."""

import json
from collections.abc import Mapping
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
"""A JSON value whose leaves may be ``Ref``, ``GetAtt`` or ``Sub``."""


def arn(target: str) -> GetAtt:
    """The ARN of a resource that offers it as the attribute ``Arn``."""
    return GetAtt(target, "Arn")
