"""Compiled templates read back: the YAML as plain data, intrinsics as the values that the plan has for them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from penstock.plan.values import GetAtt, ImportValue, Join, Ref, Select, Split, Sub

Template = dict[str, Any]


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Reads the short forms of intrinsics, and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        assert len(mapping) == len(node.value), [key.value for key, _ in node.value]
        return mapping


def _get_att(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> GetAtt:
    target, _, attribute = loader.construct_scalar(node).partition(".")
    return GetAtt(target, attribute)


_Loader.add_constructor("!Ref", lambda loader, node: Ref(loader.construct_scalar(node)))
_Loader.add_constructor("!GetAtt", _get_att)
_Loader.add_constructor("!ImportValue", lambda loader, node: ImportValue(loader.construct_scalar(node)))
_Loader.add_constructor("!Select", lambda loader, node: Select(*loader.construct_sequence(node, deep=True)))
_Loader.add_constructor("!Split", lambda loader, node: Split(*loader.construct_sequence(node, deep=True)))


def _sub(loader: yaml.SafeLoader, node: yaml.Node) -> Sub:
    if isinstance(node, yaml.ScalarNode):
        return Sub(loader.construct_scalar(node))
    assert isinstance(node, yaml.SequenceNode)
    text, variables = loader.construct_sequence(node, deep=True)
    return Sub(text, tuple(variables.items()))


_Loader.add_constructor("!Sub", _sub)


def read(text: str) -> Template:
    """A template's text as data."""
    data: Template = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with three more tags
    return data


def of_type(template: Template, type_: str) -> dict[str, Any]:
    """The properties of all resources of a type, by logical id."""
    return {name: body.get("Properties", {}) for name, body in template["Resources"].items() if body["Type"] == type_}


def references(value: object) -> Iterator[str]:
    """The logical ids (and pseudo parameters) that a value refers to."""
    match value:
        case Ref(target) | GetAtt(target, _):
            yield target
        case Sub(text, variables):
            names = {name.partition(".")[0] for name in re.findall(r"\$\{([^!}][^}]*)\}", text)}
            yield from names - dict(variables).keys()
            for _, inner in variables:
                yield from references(inner)
        case Select(_, Split(_, inner)) | Join(_, inner):
            yield from references(inner)
        case Mapping():
            for inner in value.values():
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)
        case _:
            return


def dependencies(template: Template) -> dict[str, set[str]]:
    """The resources that each resource waits for, by Ref, GetAtt, Sub or DependsOn."""
    return {
        name: {*references(body), *body.get("DependsOn", ())} & template["Resources"].keys()
        for name, body in template["Resources"].items()
    }
