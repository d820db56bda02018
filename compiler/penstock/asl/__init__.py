"""From the steps of a saga to a state machine in the Amazon States Language, with its expressions in JSONata.

JSONata, and not JSONPath, because errors can be handled rightly in it:

- An expression that cannot be evaluated is `States.QueryEvaluationError`, which a Catch takes. A JSONPath that finds nothing is
  `States.Runtime`, which ends an execution on the spot, compensations and all.
- What a Catch hands on may be made of the state's input and of the error together, so no failure wipes out what must be undone.
- The time that is left until the deadline can be computed, and be a task's timeout. JSONPath's functions cannot read a time.

Between its states a machine hands on one document: `data` (the start input, and each step's result under its name), `undo` (what
started, in order), in the items of a `for_each` `local` (the item, and the results of its steps) and `at` (which item), and `failed`.
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""
