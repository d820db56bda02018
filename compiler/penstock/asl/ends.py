"""The states in which the executions of a saga end that failed; the last two are also the names of their errors."""

UNDONE, NOT_UNDONE, STUCK = "SagaFailed", "CompensationFailed", "StuckAfterPivot"
HALF_UNDONE = (NOT_UNDONE, STUCK)
"""Those behind which somebody must repair something."""
