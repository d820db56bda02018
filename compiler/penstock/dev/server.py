"""Starts ministack, with patience for what its handlers write, and with the retries that Lambda makes for topics and buses.

ministack collects a handler's lines after the answer: it gives the first line 50 ms to arrive and the next ones 5 ms. On a
busy machine its reading thread gets its turn too late, and the records of that invocation are missing from the log. Here
it waits longer; what is waited for is in the pipe already, so an invocation takes hardly longer for it.

Its SNS and EventBridge invoke a function once and forget it. On AWS they hand the message to Lambda, which tries again and
sends what it gives up to the function's destination; ministack does that for asynchronous calls of Invoke, so here its
topics and buses take the same way.

Like `guard.py` this file is handed to the interpreter as text.
"""

# ruff: noqa: SLF001, ANN401 - ministack has no settings for this; its version is pinned

import json
from typing import Any

from ministack.app import main
from ministack.core.lambda_runtime import Worker
from ministack.services import eventbridge, lambda_svc, sns

FIRST_LINE_SECONDS = 0.5
NEXT_LINE_SECONDS = 0.05
LONGEST_SECONDS = 2.0


class Asynchronous:
    """Lambda as topics see it: what they execute is an asynchronous invocation."""

    def __getattr__(self, name: str) -> Any:
        return getattr(lambda_svc, "invoke_async_with_retry" if name == "_execute_function_with_config_scope" else name)


def invoke_by_rule(arn: str, payload: str) -> None:
    """Invoke the function asynchronously with an event."""
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if function and config:
        lambda_svc.invoke_async_with_retry(
            lambda_svc._execution_record_for_config(function, config), json.loads(payload)
        )


if __name__ == "__main__":
    sns._lambda_svc = Asynchronous()
    eventbridge._dispatch_to_lambda = invoke_by_rule
    patience = (FIRST_LINE_SECONDS, NEXT_LINE_SECONDS, LONGEST_SECONDS)
    Worker._drain_stderr_bounded.__defaults__ = patience
    main()
