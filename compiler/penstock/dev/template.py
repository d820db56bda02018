"""Reads a compiled template back: YAML with CloudFormation's short forms, as the long forms that JSON can say."""

from typing import Any

import yaml

_PLAIN = frozenset({"Ref", "Condition"})


class _Loader(yaml.SafeLoader):
    """YAML's safe types, and tags for intrinsic functions."""


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in _PLAIN else f"Fn::{suffix}"
    return {name: _argument(loader, suffix, node)}


def _argument(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> object:
    match node:
        case yaml.ScalarNode():
            text = str(loader.construct_scalar(node))
            return text.split(".", 1) if suffix == "GetAtt" else text
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            return loader.construct_mapping(node, deep=True)
        case _:
            raise TypeError(node)


_Loader.add_multi_constructor("!", _intrinsic)


def read_template(text: str) -> dict[str, Any]:
    """The template in a YAML text, every short form as its long form: ``!Ref A`` as ``{"Ref": "A"}``."""
    template: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with tags that construct data
    return template
