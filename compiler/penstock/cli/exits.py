"""Exit codes of every command."""

CLEAN = 0
FINDINGS = 1
UNUSABLE = 2
BUG = 3

INTERRUPTED = 130
"""Ctrl-C, as a shell counts it: 128 and the number of the signal."""
READER_LEFT = 141
"""Whoever read the output has stopped, as ``head`` does: 128 and the number of SIGPIPE."""
