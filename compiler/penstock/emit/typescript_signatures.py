"""What the team's own files in TypeScript must export, and do not: of types the compiler that builds them says more.

A file is read for what it exports by name, and for the parameters of functions; comments and texts are passed over.
"""

import re
from collections.abc import Iterator, Mapping

from penstock.records import NamedTuple

_OURS = re.compile(r"(handle|do|undo|ask)[A-Z0-9]")
_PASSED = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`",
    re.DOTALL,
)
_FUNCTION = re.compile(r"\bexport\s+(?:default\s+)?(?:async\s+)?function\s*\*?\s*([\w$]+)\s*(?:<[^(]*>)?\(")
_VALUE = re.compile(r"\bexport\s+(?:const|let|var|class)\s+([\w$]+)")
_LIST = re.compile(r"\bexport\s*\{([^}]*)\}")
_ALL = re.compile(r"\bexport\s*\*")
_KEY = re.compile(r"([\w$]+)\??\s*:")
_CLASS = re.compile(r"[\w$]+\s*:\s*(?:[\w$]+\.)*([A-Z][\w$]*)\s*$")


class Exported(NamedTuple):
    """A function with the texts of its parameters, and the line that it begins in."""

    name: str
    parameters: tuple[str, ...]
    line: int

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.parameters)})"


def changes(name: str, today: str, text: str) -> Iterator[str]:
    """A line for each function that a handler calls and that the team's file has not, has otherwise, or has for nobody."""
    wanted, read = _functions(_bare(today)), _bare(text)
    found = _functions(read)
    others = set(_VALUE.findall(read))
    others |= {each.split()[-1] for listed in _LIST.findall(read) for each in listed.split(",") if each.strip()}
    for called, function in wanted.items():
        if called in found:
            if _differs(function, found[called]):
                yield f"{name}, line {found[called].line}: `{found[called]}` is called as `{function}` from now on"
        elif called not in others and not _ALL.search(read):
            yield f"{name}: `{function}` is missing, which the handler calls"
    for left in found.keys() - wanted.keys():
        if _OURS.match(left) and found[left].parameters and re.match(r"message\b|step\b", found[left].parameters[0]):
            yield f"{name}, line {found[left].line}: `{left}` is called by no handler any more"


def _bare(text: str) -> str:
    """The text with blanks for comments and texts, line for line."""
    return _PASSED.sub(lambda passed: re.sub(r"[^\n]", " ", passed[0]), text)


def _functions(text: str) -> Mapping[str, Exported]:
    return {
        found[1]: Exported(found[1], tuple(_parameters(text, found.end())), text.count("\n", 0, found.start()) + 1)
        for found in _FUNCTION.finditer(text)
    }


def _parameters(text: str, start: int) -> Iterator[str]:
    """The parameters behind an opening parenthesis, each in one line."""
    depth, begin = 0, start
    for at in range(start, len(text)):
        char = text[at]
        ends = depth == 0 and char in ",)"
        if ends and text[begin:at].strip():
            yield " ".join(text[begin:at].split())
        if ends:
            begin = at + 1
            if char == ")":
                return
        elif char in "([{<":
            depth += 1
        elif char in ")]}" or (char == ">" and text[at - 1] != "="):
            depth -= 1


def _differs(wanted: Exported, found: Exported) -> bool:
    """Whether it needs more than it is called with, or takes another type of message."""
    needed = [each for each in found.parameters if not re.match(r"\.\.\.|[\w$]+\?|[^:]*=", each)]
    if len(needed) > len(wanted.parameters):
        return True
    if len(found.parameters) > 1 and len(wanted.parameters) > 1:
        named = found.parameters[1].partition(":")[2]
        if "{" in named and set(_KEY.findall(named)) - set(_KEY.findall(wanted.parameters[1].partition(":")[2])):
            return True
    one, other = (_CLASS.match(each.parameters[0]) if each.parameters else None for each in (wanted, found))
    return one is not None and other is not None and one[1] != other[1]
