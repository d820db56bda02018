"""What is compiled into a state machine: a saga's steps and policies, and where its targets are."""

from typing import Protocol

from penstock.asl.steps import Act, Step
from penstock.plan.values import Value
from penstock.records import NamedTuple, record

STANDARD_LIMIT, EXPRESS_LIMIT = 31_536_000, 300
"""https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""


@record
class Flow:
    """A saga. ``timeout`` is its deadline; ``includes_failed`` whether the step that failed is undone too.

    ``stops`` is whether the first compensation that fails for good ends the others. ``on_success``, ``on_failure`` and ``on_stuck`` (what
    could not be undone, or not go forward) are publications.
    """

    name: str
    steps: tuple[Step, ...]
    timeout: int | None = None
    express: bool = False
    includes_failed: bool = True
    stops: bool = False
    on_success: tuple[Act, ...] = ()
    on_failure: tuple[Act, ...] = ()
    on_stuck: tuple[Act, ...] = ()


class Call(NamedTuple):
    """A task's integration, as ``lambda:invoke``, and its arguments."""

    action: str
    arguments: dict[str, Value]


class Targets(Protocol):
    """Where the targets of a saga's steps are, and how they are called."""

    def function(self, name: str) -> Value:
        """The ARN or name of a function."""
        ...

    def longest(self, name: str) -> int:
        """The most seconds that an invocation of a function takes."""
        ...

    def saga(self, name: str) -> Value:
        """The ARN of another saga's state machine."""
        ...

    def lasts(self, name: str) -> int:
        """The most seconds that an execution of another saga takes, with its compensations."""
        ...

    def send(self, act: Act, payload: str, key: str, *, token: bool) -> Call:
        """The call that sends a message; ``payload`` and ``key`` are expressions, with ``token`` the task's token goes with it.

        Of a function only the address is said: what it gets is the same of all steps.
        """
        ...
