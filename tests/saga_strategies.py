"""Random sagas for random topologies: few, with few steps, because every random test draws them."""

from typing import Any

from hypothesis import strategies as st

Data = dict[str, Any]
NAMES = ("sg-a", "sg-b")
WORKERS = ("wk-a", "wk-b")
ANSWERER = "wk-c"
"""Names that nothing else in a random topology has."""
_OF = "arn:aws:states:::"


class SagaWriter:
    """Draws the sagas of a topology, and the functions that they call; ``channels``, ``queues`` and ``buses`` are there already."""

    def __init__(self, draw: st.DrawFn, channels: list[str], queues: list[str], buses: list[str]) -> None:
        self.draw = draw
        self.workers = WORKERS
        self.channels = channels
        self.queues = queues
        self.buses = buses
        self.count = 0
        self.asking: list[str] = []

    def sagas(self) -> Data:
        """Sagas, each of which may run those before it."""
        made: Data = {}
        for name in NAMES[: self._one(1, 2)]:
            self.asks = False
            others = list(made)
            made[name] = self._one(self._saga, self._saga, self._machine)(others)
            if self.asks:
                self.asking.append(name)
        return made

    def functions(self) -> Data:
        """Those that the sagas call, and the one that answers them."""
        answering: Data = {ANSWERER: {"resumes": self.asking}} if self.asking else {}
        return {name: {} for name in self.workers} | answering

    def _machine(self, others: list[str]) -> Data:
        """A definition that was written elsewhere."""
        sent: Data = {
            "MessageGroupId": "a",
            "MessageAttributes": {"message": {"DataType": "String", "StringValue": "OrderPaid"}},
        }
        lets: list[Data] = [
            {"Resource": self._one(*self.workers), "TimeoutSeconds": 60},
            *({"Resource": f"{_OF}sqs:sendMessage", "Parameters": {**sent, "QueueUrl": name}} for name in self.queues),
            *(
                {
                    "Resource": f"{_OF}states:startExecution{way}",
                    "Parameters": {"StateMachineArn": name},
                    "TimeoutSeconds": 600,
                }
                for name in others
                for way in ("", ".sync:2")
            ),
        ]
        task = {"Type": "Task", **self._one(*lets), "ResultPath": None, "End": True}
        told = self._one({}, {"Result": {"where": f"$${{{self.workers[0]}}}"}})
        states = {"Begin": {"Type": "Pass", **told, "ResultPath": "$.told", "Next": "Work"}, "Work": task}
        return {"type": "state-machine", "definition": {"StartAt": "Begin", "States": states}, **self._start()}

    def _start(self) -> Data:
        """Perhaps what starts it."""
        if not self.buses or self._one(0, 1):
            return {}
        starter = {"async": {"on_failure": {}}, "concurrency": {"reserved": 2}}
        return {"from": [{"source": self._one(*self.buses), "dlq": {}}], "starter": starter}

    def _one(self, *choices: Any) -> Any:  # noqa: ANN401 - parts of a topology
        return self.draw(st.sampled_from(choices))

    def _saga(self, others: list[str]) -> Data:
        steps = [self._step(1, others) for _ in range(self._one(1, 2))]
        pivot = next((step for step in steps if "do" in step), None)
        if pivot and self._one(0, 1):
            pivot["pivot"] = True
        said = {
            "type": self._one(None, "orchestration"),
            "timeout": self._one("5d", "30d"),
            "idempotency_key": self._one(None, "id"),
            "steps": steps,
            "compensation": self._one(
                None, {"failed_step": "skip"}, {"on_error": "stop", "retry": {"max_retries": 20}}
            ),
            "on_success": self._announced(),
            "on_failure": self._announced(),
            "tracing": self._one(None, *[True]),
            "log_retention": self._one(None, "90d"),
            "tags": self._one(None, {"team": "shop"}),
            "alarms": self._one(None, {"failed_executions": 3}, {"not_undone": {"off": "nobody minds"}}),
        }
        return {key: value for key, value in said.items() if value is not None} | self._start()

    def _announced(self) -> object:
        if not self.channels:
            return None
        one = {"message": "OrderPaid", "to": self._one(*self.channels), "input": {"id": "id", "customer": "customer"}}
        return self._one(None, one, [one])

    def _step(self, depth: int, others: list[str]) -> Data:
        self.count += 1
        name = f"s{self.count}"
        kinds = ["do", "do", "do", "wait", "fail", *(["publish"] if self.channels else [])]
        kinds += ["ask"] if self.queues else []
        kinds += ["saga"] if others else []
        kinds += ["parallel", "choose", "each"] if depth else []
        inner = [self._step(depth - 1, others) for _ in range(self._one(1, 2))] if depth else []
        match self._one(*kinds):
            case "do":
                return self._do(name)
            case "publish":
                narrowed = {"id": "id", "customer": "customer"}
                return {
                    "name": name,
                    "publish": {"message": "OrderPaid", "to": self._one(*self.channels)},
                    "input": narrowed,
                }
            case "ask":
                self.asks = True
                return {
                    "name": name,
                    "wait_for": "callback",
                    "via": self._one(*self.queues),
                    "message": "OrderPaid",
                    "timeout": "1d",
                    **self._one({}, {"heartbeat": "1h"}),
                }
            case "saga":
                return {"name": name, "saga": self._one(*others)}
            case "parallel":
                return {"name": name, "parallel": [inner, [self._do(f"{name}-b")]]}
            case "choose":
                test = self._one({"id": "a"}, {"customer.id": {"present": True}}, {"id": {"one_of": ["a", "b"]}})
                return {"choose": [{"when": test, "steps": inner}, *self._one([], [{"otherwise": []}])]}
            case "each":
                return {"name": name, "for_each": "customer", "as": f"line_{name}", "steps": inner}
            case "wait":
                return {"wait": self._one("30s", "5m")}
            case _:
                return {"fail": "Stopped"}

    def _do(self, name: str) -> Data:
        undo = self._one(*self.workers)
        compensations = [None, undo, {"none": "it counts"}, {"do": undo, "timeout": "3m", "retry": {"max_retries": 12}}]
        said = {
            "name": name,
            "do": self._one(*self.workers),
            "input": self._one(None, {"customer": "customer.id"}),
            "timeout": self._one(None, "2m"),
            "retry": self._one(
                None, {"on": ["transient", "Throttled"], "never": ["Gone"], "max_retries": 2, "jitter": "none"}
            ),
            "compensate": self._one(*compensations),
            "on_error": self._one(None, "continue", "fail"),
        }
        return {key: value for key, value in said.items() if value is not None}
