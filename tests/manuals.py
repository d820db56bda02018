"""The rules' manual pages, taken apart."""

import re

from penstock.lint.rule import Rule

COMMON = frozenset({"IDM008"})
"""The advice that so many sound topologies draw that it is looked for in the examples of its own rule alone: a table covers no crash."""


def section(rule: Rule, title: str) -> str:
    """The text under one heading of the manual page."""
    return rule.manual.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def code(rule: Rule, title: str) -> str:
    """The YAML under one heading of the manual page."""
    blocks = re.findall(r"```yaml\n(.*?)```", section(rule, title), flags=re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])
