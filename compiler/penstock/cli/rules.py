"""``penstock rules``."""

import click

from penstock.cli.report import fail, on_terminal, width
from penstock.lint.rule import Rule
from penstock.lint.rules import RULES


@click.command("rules")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """List the rules, or print one rule's manual page.

    CODE is a rule's code or its name.
    """
    if code is None:
        click.echo("\n".join(_table()))
        return
    rule = next((rule for rule in RULES if code.upper() == rule.code or code.lower() == rule.name), None)
    if rule is None:
        fail(f"there is no rule {code!r}{_hint(code)}")
    click.echo(f"{rule.code}  {rule.name}  ({rule.severity.value})\n\n{rule.manual.strip()}")


def _table() -> list[str]:
    """A line for each rule; on a terminal that is too narrow for that the title stands on a line of its own."""
    names = max(len(rule.name) for rule in RULES)
    lines = [f"{rule.code}  {rule.severity.value:<7}  {rule.name:<{names}}  {rule.title}" for rule in RULES]
    if on_terminal() and max(map(len, lines)) > width():
        return [f"{rule.code}  {rule.severity.value:<7}  {rule.name}\n{'':<17}{rule.title}" for rule in RULES]
    return lines


def _hint(code: str) -> str:
    from difflib import get_close_matches

    known = {name.lower(): name for rule in RULES for name in _names(rule)}
    near = get_close_matches(code.lower(), known, n=1)
    return f"; did you mean {known[near[0]]}?" if near else "; `penstock rules` lists them"


def _names(rule: Rule) -> tuple[str, str]:
    return rule.code, rule.name
