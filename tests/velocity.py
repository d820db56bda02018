"""Renders the mapping templates of service integrations, as far as they use the Velocity Template Language and ``Fn::Sub``.

The embedded AWS has no integration with topics and buses, so the tests render what API Gateway would send.
"""

import json
import re
from typing import Any
from urllib.parse import quote

PART = re.compile(
    r"#set\(\$(?P<name>[\w.]+) = (?P<value>(?:[^()]|\([^()]*\))*)\)"
    r"|#if\((?P<test>(?:[^()]|\([^()]*\))*)\)|(?P<otherwise>#else)|(?P<end>#end)|\$\{(?P<variable>\w+)\}"
    r"|\$util\.urlEncode\((?P<encoded>(?:[^()]|\([^()]*\))*)\)"
    r"|\$util\.escapeJavaScript\(\$input\.body\)\.replaceAll\(\"\\\\'\", \"'\"\)"
)


def substituted(template: str, values: dict[str, str]) -> str:
    """What ``Fn::Sub`` makes of a text."""
    return re.sub(
        r"\$\{(!?)([\w.:]+)\}", lambda match: "${" + match[2] + "}" if match[1] else values[match[2]], template
    )


class Rendering:
    """One pass over a template with a body; ``variables`` are what it has set."""

    def __init__(self, template: str, body: str) -> None:
        self.body = body
        self.variables: dict[str, Any] = {}
        self.shown: list[bool] = []
        self.text = "".join(self._parts(template))

    def _parts(self, template: str) -> Any:  # noqa: ANN401 - an iterator of texts
        start = 0
        for match in PART.finditer(template):
            if all(self.shown):
                yield template[start : match.start()]
            start = match.end()
            yield from self._part(match)
        yield template[start:]

    def _part(self, match: re.Match[str]) -> Any:  # noqa: ANN401 - an iterator of texts
        if match["test"]:
            self.shown.append(self._test(match["test"]))
        elif match["otherwise"]:
            self.shown[-1] = not self.shown[-1]
        elif match["end"]:
            self.shown.pop()
        elif not all(self.shown):
            return
        elif match["name"]:
            self.variables[match["name"]] = self._value(match["value"])
        elif match["variable"]:
            yield str(self.variables[match["variable"]])
        elif match["encoded"]:
            yield quote(str(self._value(match["encoded"])), safe="")
        else:
            yield json.dumps(self.body)[1:-1]

    def _test(self, test: str) -> bool:
        left, operator, right = re.split(r" (==|!=) ", test)
        return (self._value(left) == self._value(right)) is (operator == "==")

    def _value(self, expression: str) -> Any:  # noqa: ANN401 - whatever JSON has
        if plain := re.fullmatch(r"\d+|'[^'$]*'|\"[^\"$]*\"", expression):
            return int(plain[0]) if plain[0].isdigit() else plain[0][1:-1]
        if inner := re.fullmatch(r'"\$!?(\w+)"', expression):
            value = self.variables[inner[1]]
            return "" if value is None else str(value)
        if path := re.fullmatch(r"\$input\.(path|json)\('\$\.([\w.]+)'\)", expression):
            value = json.loads(self.body)
            for step in path[2].split("."):
                value = value.get(step) if isinstance(value, dict) else None
            return json.dumps(value) if path[1] == "json" else value
        if expression == "$input.body":
            return self.body
        if total := re.fullmatch(r"\$(\w+) \+ (\d+)", expression):
            return self.variables[total[1]] + int(total[2])
        raise ValueError(expression)
