"""Starts ministack, with patience for what its handlers write.

ministack collects a handler's lines after the answer: it gives the first line 50 ms to arrive and the next ones 5 ms. On a
busy machine its reading thread gets its turn too late, and the records of that invocation are missing from the log. Here
it waits longer; what is waited for is in the pipe already, so an invocation takes hardly longer for it.

Like `guard.py` this file is handed to the interpreter as text.
"""

from ministack.app import main
from ministack.core.lambda_runtime import Worker

FIRST_LINE_SECONDS = 0.5
NEXT_LINE_SECONDS = 0.05
LONGEST_SECONDS = 2.0

if __name__ == "__main__":
    patience = (FIRST_LINE_SECONDS, NEXT_LINE_SECONDS, LONGEST_SECONDS)
    Worker._drain_stderr_bounded.__defaults__ = patience  # noqa: SLF001 - it has no setting; the version is pinned
    main()
