"""Marks for what is known only when the stack is deployed: they travel inside of texts until the lowering makes them into intrinsics."""

import re

MARK = "\ufdd0"
_END = "\ufdd1"
PIECES = re.compile(f"{MARK}([^{_END}]*){_END}")
"""A mark with the name of the parameter or pseudo parameter; Unicode keeps these characters free for such use."""


def mark(name: str) -> str:
    """The mark for a parameter or a pseudo parameter."""
    return f"{MARK}{name}{_END}"


def is_arn(text: str) -> bool:
    """Whether a text is an ARN rather than the name of a component; one that begins with a parameter is."""
    return text.startswith(("arn:", MARK))
