"""What the team's own files must have, and have not: nobody overwrites them, so the compiler says where the topology has moved on.

The functions that a handler calls are those of the file that would be created today. A file of the team is read, never run.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from penstock.emit.python_types import PythonFunction
from penstock.source.text import Source

_OURS = re.compile(r"(handle|do|undo|ask)_")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def changed_signatures(functions: Sequence[PythonFunction], team: Mapping[str, Source]) -> Iterator[str]:
    """A line for each function that a handler calls and that the team's file has not, has otherwise, or has for nobody."""
    for function in functions:
        for name, today in function.created_once.items():
            if name not in team:
                continue
            if name.endswith(".py"):
                yield from _changes(name, today, team[name].text)
            else:
                from penstock.emit.typescript_signatures import changes

                yield from changes(name, today, team[name].text)


def _changes(name: str, today: str, text: str) -> Iterator[str]:
    try:
        written = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        yield f"{name}{line}: this is no Python: {error.msg if isinstance(error, SyntaxError) else error}"
        return
    wanted = _functions(ast.parse(today))
    found = _functions(written)
    bound = _bound(written)
    for called, function in wanted.items():
        if called in found and _differs(function, found[called]):
            place = f"{name}, line {found[called].lineno}"
            yield f"{place}: `{_shown(found[called])}` is called as `{_shown(function)}` from now on"
        elif called not in bound:
            yield f"{name}: `{_shown(function)}` is missing, which the handler calls"
    for left in found.keys() - wanted.keys():
        if _OURS.match(left) and _is_entry(found[left]):
            yield f"{name}, line {found[left].lineno}: `{left}` is called by no handler any more"


def _functions(module: ast.Module) -> dict[str, _Function]:
    return {each.name: each for each in module.body if isinstance(each, _Function)}


def _bound(module: ast.Module) -> set[str]:
    """All names that stand for something at a module's top, also by an import or an assignment."""
    names: set[str] = set()
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=name, asname=asname):
                names.add(asname or name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case _:
                pass
    return names


def _is_entry(function: _Function) -> bool:
    """Whether this looks as what a handler would call, and not like help for the team's own code."""
    given = function.args.posonlyargs + function.args.args
    return bool(given) and given[0].arg in {"message", "step"}


def _differs(wanted: _Function, found: _Function) -> bool:
    """Whether a call that fits the one does not fit the other, or brings another class of message."""
    if found.args.vararg is None and not _takes(found, wanted):
        return True
    if found.args.kwarg is None:
        missing = {each.arg for each in wanted.args.kwonlyargs} - {each.arg for each in _named(found)}
        if missing:
            return True
    optional = {each.arg for each, value in zip(found.args.kwonlyargs, found.args.kw_defaults, strict=True) if value}
    needed = {each.arg for each in found.args.kwonlyargs} - optional
    if needed - {each.arg for each in wanted.args.kwonlyargs}:
        return True
    return _class(wanted) is not None and _class(found) is not None and _class(wanted) != _class(found)


def _takes(found: _Function, wanted: _Function) -> bool:
    """Whether it can be called with as many positional arguments; those that are named besides may stand there too."""
    names = {each.arg for each in wanted.args.kwonlyargs}
    given = [*found.args.posonlyargs, *found.args.args]
    count = len(wanted.args.args)
    rest = given[count : len(given) - len(found.args.defaults)] if len(given) > count else []
    return len(given) >= count and all(each.arg in names for each in rest)


def _named(function: _Function) -> list[ast.arg]:
    return [*function.args.args, *function.args.kwonlyargs]


def _class(function: _Function) -> str | None:
    """The class of the message, where its annotation is a plain name."""
    given = function.args.posonlyargs + function.args.args
    annotation = given[0].annotation if given else None
    if isinstance(annotation, ast.Attribute):
        return annotation.attr
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value.rpartition(".")[2]
    return annotation.id if isinstance(annotation, ast.Name) else None


def _shown(function: _Function) -> str:
    return f"{function.name}({ast.unparse(function.args)})"
