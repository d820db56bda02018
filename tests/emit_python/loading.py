"""Loads a generated messages.py into this process."""

# ruff: noqa: ANN401 - JSON values, and classes that exist only at run time

import sys
from types import ModuleType
from typing import Any

from penstock.emit.python import emit_function
from penstock.emit.python_types import FunctionStub, MessageStub, PythonFunction

SHARED = ("wire", "formats")


def made(*messages: MessageStub) -> PythonFunction:
    return emit_function(FunctionStub(name="f", topology="orders", timeout_s=3, messages=messages))


def load(function: PythonFunction) -> Any:
    """The module `messages`, with the module `wire` as its attribute."""
    before = {name: sys.modules.get(name) for name in SHARED}
    try:
        for name in SHARED:
            text = function.files.get(f"functions/f/{name}.py")
            if text is not None:
                _module(name, text)
        return _module("messages_under_test", function.files["functions/f/messages.py"])
    finally:
        for name, module in before.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


def message(schema: Any, name: str = "Msg") -> Any:
    """The class of a message with this schema."""
    return getattr(load(made(MessageStub(name=name, schema=schema))), name)


def _module(name: str, text: str) -> ModuleType:
    module = ModuleType(name)
    sys.modules[name] = module  # dataclasses look their module up
    exec(compile(text, f"{name}.py", "exec"), module.__dict__)  # noqa: S102
    return module
