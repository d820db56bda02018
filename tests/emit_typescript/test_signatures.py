"""The compiler says which functions of the team's own file in TypeScript no longer fit what the handler calls."""

from dataclasses import replace

import pytest

from penstock.emit.python_types import FunctionStub
from penstock.emit.signatures import changed_signatures
from penstock.emit.typescript import emit_typescript
from penstock.source.text import Source
from tests.emit_python.samples import CONSUMER, KEYED, PLAIN_STEPS, PUBLISHER, WRAPPED


def told(stub: FunctionStub, text: str) -> list[str]:
    made = emit_typescript(replace(stub, typescript=True))
    (name,) = made.created_once
    return list(changed_signatures([made], {name: Source(name, text)}))


def created(stub: FunctionStub) -> str:
    (text,) = emit_typescript(replace(stub, typescript=True)).created_once.values()
    return text


@pytest.mark.parametrize("stub", [CONSUMER, KEYED, WRAPPED, PLAIN_STEPS, PUBLISHER])
def test_what_was_created_today_fits(stub: FunctionStub) -> None:
    assert told(stub, created(stub)) == []


@pytest.mark.parametrize(
    "text",
    [
        "export async function handleOrderPlaced(order: OrderPlaced): Promise<void> {}",
        "export function handleOrderPlaced() { return Promise.resolve(); }",
        "export async function handleOrderPlaced(message: unknown, retries = 3, ...more: string[]) {}",
        "export const handleOrderPlaced = async (message: OrderPlaced) => {};",
        "export { place as handleOrderPlaced } from './orders.js';",
        "export * from './orders.js';",
        "import * as m from './m.js';\nexport async function handleOrderPlaced(message: m.OrderPlaced): Promise<void> {}",
        "// export function handleMoney(message: X)\nexport async function handleOrderPlaced<T>(m: Map<string, () => T>) {}",
        "export async function handleOrderPlaced(m: unknown) {}\nexport function handleMoney(amount: number) {}",
    ],
)
def test_what_can_be_called_fits(text: str) -> None:
    assert told(CONSUMER, text) == []


def test_what_is_missing_or_left_over_is_said() -> None:
    missing = "`handleOrderConfirmed(message: OrderConfirmed)` is missing, which the handler calls"
    assert told(WRAPPED, created(CONSUMER)) == [f"src/fulfil.ts: {missing}"]
    commented = (
        "/* export function handleOrderPlaced(message: OrderPlaced) {} */ const s = `export { handleOrderPlaced }`;"
    )
    assert told(CONSUMER, commented) == [
        "src/fulfil.ts: `handleOrderPlaced(message: OrderPlaced)` is missing, which the handler calls"
    ]
    (line,) = told(CONSUMER, created(WRAPPED))
    assert line.endswith(": `handleOrderConfirmed` is called by no handler any more")


@pytest.mark.parametrize(
    "text",
    [
        "export async function handleOrderPlaced(message: OrderConfirmed): Promise<void> {}",
        "\nexport async function handleOrderPlaced(\n    message: OrderPlaced,\n    client: Client,\n) {}",
    ],
)
def test_another_signature_is_shown_beside_the_one_that_is_called(text: str) -> None:
    (line,) = told(CONSUMER, text)
    assert line.startswith(
        f"src/fulfil.ts, line {text.count(chr(10), 0, text.index('export')) + 1}: `handleOrderPlaced("
    )
    assert line.endswith("` is called as `handleOrderPlaced(message: OrderPlaced)` from now on")


def test_a_key_that_is_handed_no_more_is_said() -> None:
    (line,) = told(CONSUMER, created(KEYED))
    assert "`handleOrderPlaced(message: OrderPlaced, given: { readonly idempotencyKey: string })` is called as" in line
