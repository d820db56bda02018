"""Functions whose code is not on this machine: an image, which needs containers, or an object of somebody's bucket.

They are deployed nevertheless, so that everything around them runs; they read nothing, and whoever invokes one is told why it fails.
"""

from collections.abc import Iterator
from typing import Any

from penstock.dev.adapt import Change, of_type, references

_FUNCTION, _ALIAS, _MAPPING = "AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::EventSourceMapping"
_STAND_IN = "def handler(event, context):\n    raise RuntimeError({!r})\n"


def stand_in(template: dict[str, Any]) -> Iterator[Change]:
    """Put code that says what is missing in the place of code that is not here, and stop what would poll for it.

    Local paths must still be paths: what has been uploaded is in a bucket too.
    """
    absent = set()
    for name, function in of_type(template, _FUNCTION):
        properties = function["Properties"]
        what = _elsewhere(properties["Code"])
        if what is None:
            continue
        absent.add(name)
        for key in ("PackageType", "Layers"):
            properties.pop(key, None)
        text = f"{name} cannot run here: its code is {what}"
        properties |= {"Runtime": "python3.13", "Handler": "index.handler", "Code": {"ZipFile": _STAND_IN.format(text)}}
        yield Change(name, f"does not run, because its code is {what}: it reads nothing, and whatever invokes it fails")
    absent |= {name for name, alias in of_type(template, _ALIAS) if absent & set(references(alias["Properties"]))}
    for _, mapping in of_type(template, _MAPPING):
        if absent & set(references(mapping["Properties"]["FunctionName"])):
            mapping["Properties"]["Enabled"] = False


def _elsewhere(code: Any) -> str | None:  # noqa: ANN401 - a part of a template
    """Where code is that is not here, in words."""
    if not isinstance(code, dict) or "ZipFile" in code:
        return None
    return "a container image" if "ImageUri" in code else "in a bucket"
