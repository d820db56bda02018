"""Functions that are kept warm and say what becomes of asynchronous invocations: the embedded AWS knows that of functions alone.

It takes what an alias says of its invocations, and does not look at it when it invokes one. So they go past the alias.
"""

from collections.abc import Iterator
from typing import Any

from penstock.dev.adapt import Change, of_type, references

_WHOLE = "$LATEST"


def pass_aliases_by(template: dict[str, Any]) -> Iterator[Change]:
    """Let whatever would invoke such an alias invoke its function."""
    aliases = dict(of_type(template, "AWS::Lambda::Alias"))
    for name in [name for name, _ in of_type(template, "AWS::Lambda::EventInvokeConfig")]:
        properties = template["Resources"][name]["Properties"]  # which the one before may have replaced
        if properties["Qualifier"] == _WHOLE:
            continue
        properties["Qualifier"] = _WHOLE
        (function,) = references(properties["FunctionName"])
        for alias, body in aliases.items():
            if function in references(body["Properties"]["FunctionName"]):
                template["Resources"] = _put_in(template["Resources"], alias, function)
        yield Change(
            name, "holds for the function, which is invoked past its alias: the embedded AWS looks at no alias's own"
        )


def _put_in(value: Any, alias: str, function: str) -> Any:  # noqa: ANN401 - any part of a template
    """A part of a template that names the function instead of the alias."""
    match value:
        case {"Ref": str(name)} if name == alias:
            return {"Fn::GetAtt": [function, "Arn"]}
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": text.replace(f"${{{alias}}}", f"${{{function}.Arn}}")}
        case dict():
            return {key: _put_in(inner, alias, function) for key, inner in value.items()}
        case list():
            return [_put_in(inner, alias, function) for inner in value]
        case _:
            return value
