"""The compiler says which functions of the team's own file no longer fit what the handler calls, and leaves the file alone."""

import pytest

from penstock.emit.python import emit_function
from penstock.emit.python_types import FunctionStub
from penstock.emit.signatures import changed_signatures
from penstock.source.text import Source
from tests.emit_python.samples import CONSUMER, KEYED, PLAIN_STEPS, PUBLISHER, WRAPPED


def told(stub: FunctionStub, text: str) -> list[str]:
    made = emit_function(stub)
    (name,) = made.created_once
    return list(changed_signatures([made], {name: Source(name, text)}))


@pytest.mark.parametrize("stub", [CONSUMER, KEYED, WRAPPED, PLAIN_STEPS, PUBLISHER])
def test_what_was_created_today_fits(stub: FunctionStub) -> None:
    (text,) = emit_function(stub).created_once.values()
    assert told(stub, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "def handle_order_placed(order): ...",
        "def handle_order_placed(*given, **more): ...",
        "def handle_order_placed(message, retries=3): ...",
        "async def handle_order_placed(message): ...",
        "from orders import handle_order_placed",
        "import orders\nhandle_order_placed = orders.place",
        "import messages\ndef handle_order_placed(message: messages.OrderPlaced): ...",
        "if True:\n    def handle_order_placed(message): ...",
        'def handle_order_placed(message: "OrderPlaced"): ...\ndef handle_money(amount): ...',
    ],
)
def test_what_can_be_called_fits(text: str) -> None:
    assert told(CONSUMER, text) == []


def test_what_is_missing_or_left_over_is_said() -> None:
    (text,) = emit_function(CONSUMER).created_once.values()
    missing = "`handle_order_confirmed(message: OrderConfirmed)` is missing, which the handler calls"
    assert told(WRAPPED, text) == [f"src/fulfil_logic.py: {missing}"]
    (text,) = emit_function(WRAPPED).created_once.values()
    (line,) = told(CONSUMER, text)
    assert line.endswith(": `handle_order_confirmed` is called by no handler any more")


def test_another_signature_is_shown_beside_the_one_that_is_called() -> None:
    (text,) = emit_function(CONSUMER).created_once.values()
    (line,) = told(KEYED, text)
    assert line.startswith("src/fulfil_logic.py, line ")
    assert line.endswith(
        "`handle_order_placed(message: OrderPlaced)` is called as "
        "`handle_order_placed(message: OrderPlaced, *, idempotency_key: str)` from now on"
    )
    (text,) = emit_function(KEYED).created_once.values()
    assert told(CONSUMER, text)[0].endswith("`handle_order_placed(message: OrderPlaced)` from now on")
    other = text.replace("message: OrderPlaced", "message: OrderLost")
    assert "message: OrderLost" in told(KEYED, other)[0]


def test_a_file_that_is_no_python_is_said_to_be_none() -> None:
    assert told(CONSUMER, "def handle_order_placed(:") == [
        "src/fulfil_logic.py, line 1: this is no Python: invalid syntax"
    ]
