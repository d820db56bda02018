"""Whatever a file may hold: said at its exact place, with the right exit code, and never a traceback."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.conftest import Penstock
from tests.cli.topology import CLEAN, ORDERS, WITHOUT_DLQ, places, save


class Bad(NamedTuple):
    """A text, what is wrong with it and where (line and column), and the exit code."""

    text: str
    faults: list[tuple[str, int, int]]
    code: int = 2


def instead(old: str, new: str) -> str:
    """The clean topology with something else in it."""
    assert CLEAN.count(old) == 1
    return CLEAN.replace(old, new)


CONTRACT = "{type: object, properties: {order_id: {type: string}}, required: [order_id]}"
PYRAMID = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 9)
)

TEXTS = {
    "clean": Bad(CLEAN, [], 0),
    "finding": Bad(WITHOUT_DLQ, [("DLQ001", 12, 3)], 1),
    "finding with CRLF": Bad(WITHOUT_DLQ.replace("\n", "\r\n"), [("DLQ001", 12, 3)], 1),
    "finding with CR": Bad(WITHOUT_DLQ.replace("\n", "\r"), [("DLQ001", 12, 3)], 1),
    "finding behind a byte order mark": Bad("\ufeff" + WITHOUT_DLQ, [("DLQ001", 12, 3)], 1),
    "finding without a last line end": Bad(WITHOUT_DLQ.rstrip(), [("DLQ001", 12, 3)], 1),
    "empty": Bad("", [("SRC005", 1, 1)]),
    "blank": Bad("\n  \n\n", [("SRC005", 1, 1)]),
    "only comments": Bad("# one\n# two\n", [("SRC005", 1, 1)]),
    "only a marker": Bad("---\n", [("SRC005", 1, 1)]),
    "NUL": Bad(instead("name: shop", "name: sh\0op"), [("SRC002", 2, 9)]),
    "control character": Bad(instead("name: shop", "name: sh\x07op"), [("SRC003", 2, 9)]),
    "tab as indentation": Bad(instead("    visibility_timeout", "\tvisibility_timeout"), [("SRC003", 13, 1)]),
    "deeper than its neighbour": Bad(instead("    dlq:", "     dlq:"), [("SRC003", 14, 6)]),
    "no space after a colon": Bad(instead("name: shop", "name:shop"), [("SRC003", 2, 5)]),
    "bracket never closed": Bad(instead("{max_receives: 5}", "{max_receives: 5"), [("SRC003", 14, 10)]),
    "quote never closed": Bad(instead('"111122223333"', '"111122223333'), [("SRC003", 10, 37)]),
    "unquoted braces in a flow mapping": Bad(instead("to: intake}", "to: {intake}}x}"), [("SRC003", 10, 100)]),
    "unquoted comma in a flow mapping": Bad(
        instead("{max_receives: 5}", "{none: resent by the shop, every hour}"), [("SCH001", 14, 17)]
    ),
    "key twice": Bad(instead("    dlq:", "    visibility_timeout: 5m\n    dlq:"), [("SRC004", 14, 5)]),
    "section twice": Bad(CLEAN + "queues: {}\n", [("SRC004", 19, 1)]),
    "two documents": Bad(CLEAN + "---\n" + CLEAN, [("SRC009", 19, 1)]),
    "tag": Bad(instead("max_receives: 5", "max_receives: !!int 5"), [("SRC008", 14, 25)]),
    "merge key": Bad(instead("    dlq: {max", "    <<: {retention: 4d}\n    dlq: {max"), [("SRC008", 14, 5)]),
    "alias without anchor": Bad(instead("max_receives: 5", "max_receives: *five"), [("SRC006", 14, 25)]),
    "alias that contains itself": Bad(CLEAN + "tags: &t {a: *t}\n", [("SRC006", 19, 14)]),
    "alias bomb": Bad(CLEAN + PYRAMID, [("SRC006", 23, 45)]),
    "brackets in brackets": Bad(f"penstock: 1\ntags: {'[' * 5000}{']' * 5000}\n", [("SRC010", 2, 106)]),
    "blocks in blocks": Bad("".join(f"{' ' * depth}a:\n" for depth in range(2000)), [("SRC010", 101, 101)]),
    "list": Bad("- penstock: 1\n- name: shop\n", [("SCH003", 1, 1)]),
    "word": Bad("hello\n", [("SCH003", 1, 1)]),
    "number": Bad("42\n", [("SCH003", 1, 1)]),
    "unknown key": Bad(instead("visibility_timeout", "visibility_timout"), [("SCH001", 13, 5)]),
    "unknown section": Bad(instead("queues:", "queue:"), [("SCH001", 11, 1)]),
    "no version": Bad(instead("penstock: 1\n", ""), [("SCH004", 1, 1)]),
    "another version": Bad(instead("penstock: 1", "penstock: 2"), [("SCH003", 1, 11)]),
    "number without a unit": Bad(instead("    dlq: {max", "    retention: 14\n    dlq: {max"), [("SCH003", 14, 16)]),
    "number as a key": Bad(instead("  intake:\n", "  7:\n"), [("SRC007", 12, 3)]),
    "boolean as a key": Bad(instead("  intake:\n", "  true:\n"), [("SRC007", 12, 3)]),
    "null as a key": Bad(instead("  intake:\n", "  ~:\n"), [("SRC007", 12, 3)]),
    "list as a key": Bad(instead("  intake:\n", "  [intake]:\n"), [("SRC007", 12, 3)]),
    "number above its limit": Bad(instead("max_receives: 5", "max_receives: 1001"), [("SCH005", 14, 25)]),
    "number beyond all numbers": Bad(instead("max_receives: 5", f"max_receives: {'9' * 40}"), [("SCH005", 14, 25)]),
    "digits beyond all numbers": Bad(instead("max_receives: 5", f"max_receives: {'9' * 5000}"), [("SCH003", 14, 25)]),
    "number below zero": Bad(instead("max_concurrency: 10", "max_concurrency: -5"), [("SCH005", 18, 88)]),
    "endless duration": Bad(instead("timeout: 10s", f"timeout: {'9' * 50}s"), [("SCH003", 17, 14)]),
    "yes is a text": Bad(instead("partial_failures: true", "partial_failures: yes"), [("SCH003", 18, 64)]),
    "null where a topology begins": Bad("penstock:\nname:\n", [("SCH003", 1, 1), ("SCH003", 2, 1)]),
    "null as sections": Bad(
        "penstock: 1\nname: shop\nmessages:\nproducers:\nqueues: ~\nalarms: null\ntags:\n",
        [("SCH003", line, 1) for line in range(3, 8)],
    ),
    "null as components": Bad(
        "penstock: 1\nname: shop\nmessages: {A: }\nproducers: {shop: }\n", [("SCH003", 3, 12), ("SCH003", 4, 13)]
    ),
    "null as a reference": Bad(instead("source: intake", "source: "), [("SCH003", 18, 12)]),
    "name of a component in Japanese": Bad(instead("  worker:", "  消費者:"), [("SCH006", 16, 3)]),
    "name of a message in Japanese": Bad(instead("  OrderPlaced:", "  注文:"), [("SCH006", 5, 3)]),
    "Japanese in front of a finding": Bad(
        WITHOUT_DLQ.replace("  intake:\n    visibility_timeout: 3m", "  intake: {tags: {部: 注文}, dlq: {}, nope: 1}"),
        [("SCH001", 12, 36)],
    ),
    "reference with a typing error": Bad(instead("to: intake}", "to: intakes}"), [("REF001", 10, 87)]),
    "message with a typing error": Bad(instead("message: OrderPlaced", "message: OrderPlacd"), [("REF005", 10, 65)]),
    "schema that is not there": Bad(instead(f"schema: {CONTRACT}", "schema: nope.json"), [("REF008", 6, 5)]),
    "schema that is no JSON": Bad(instead(f"schema: {CONTRACT}", "schema: broken.json"), [("REF008", 1, 2)]),
    "schema that is no object": Bad(instead(f"schema: {CONTRACT}", "schema: list.json"), [("REF008", 1, 1)]),
    "schema that is a folder": Bad(instead(f"schema: {CONTRACT}", "schema: ."), [("REF008", 6, 5)]),
    "schema of another encoding": Bad(instead(f"schema: {CONTRACT}", "schema: latin.json"), [("SRC002", 1, 2)]),
    "schema without a bottom": Bad(instead(f"schema: {CONTRACT}", "schema: deep.json"), [("REF008", 1, 1)]),
}


@pytest.mark.parametrize("name", TEXTS)
def test_every_fault_is_said_at_its_place(penstock: Penstock, name: str) -> None:
    bad = TEXTS[name]
    save("{not JSON", Path("broken.json"))
    save("[1]", Path("list.json"))
    save("[" * 100_000, Path("deep.json"))
    Path("latin.json").write_bytes(b'"\xff"')
    save(bad.text)
    ran = penstock("lint", "--format", "json", "topology.yaml")
    assert (ran.code, places(ran.out), ran.err) == (bad.code, bad.faults, "")
    text = penstock("lint", "topology.yaml")
    assert text.code == bad.code
    assert text.out.count(" --> ") == len(bad.faults)
    assert all(f"[{code}]" in text.out for code, _, _ in bad.faults)
    assert text.err.count("\n") == 1


BYTES = {
    "picture": (b"\x89PNG\r\n\x1a\n\0\0", [("SRC002", 1, 1)]),
    "Latin-1": (b"penstock: 1\nname: sh\xf6p\n", [("SRC002", 2, 9)]),
    "Latin-1 behind other characters": ("# 注文\nname: ".encode() + b"\xf6\n", [("SRC002", 2, 7)]),
    "UTF-16": (CLEAN.encode("utf-16"), [("SRC002", 1, 1)]),
    "UTF-8 cut off": ("name: 注".encode()[:-1], [("SRC002", 1, 7)]),
    "every byte": (bytes(range(256)), [("SRC002", 3, 115)]),
}


@pytest.mark.parametrize("name", BYTES)
def test_what_is_no_text_is_refused_at_the_byte(penstock: Penstock, name: str) -> None:
    raw, faults = BYTES[name]
    Path("topology.yaml").write_bytes(raw)
    ran = penstock("lint", "--format", "json")
    assert (ran.code, places(ran.out), ran.err) == (2, faults, "")
    assert penstock("lint").code == 2


GOLDEN = {
    "tab as indentation": """\
error[SRC003] a tab is used for indentation
  --> topology.yaml:13:1
   |
13 |  visibility_timeout: 3m
   | ^
   |
   = help: indent with spaces; YAML allows no tabs here
""",
    "unquoted comma in a flow mapping": """\
error[SCH001] queue 'intake': 'dlq': the text of 'none' ends at its comma, and
              'every hour' became a key
  --> topology.yaml:14:17
   |
14 |     dlq: {none: resent by the shop, every hour}
   |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: quote the whole text: none: "resent by the shop, every hour"
   = proposal: write "resent by the shop, every hour" [--unsafe-fixes]
""",
    "key twice": """\
error[SRC004] key 'visibility_timeout' is given twice in the same mapping
  --> topology.yaml:14:5
   |
14 |     visibility_timeout: 5m
   |     ^^^^^^^^^^^^^^^^^^
   |
  ::: topology.yaml:13:5
   |
13 |     visibility_timeout: 3m
   |     ------------------ first given here
   |
   = help: keep one of them; if both are meant, give one another name
""",
    "bracket never closed": """\
error[SRC003] the '{' that opens here is never closed
  --> topology.yaml:14:10
   |
14 |     dlq: {max_receives: 5
   |          ^
   |
  ::: topology.yaml:15:1
   |
15 | consumers:
   | ---------- so this is read as part of it
   |
   = help: add the missing '}'
""",
    "alias bomb": """\
error[SRC006] with alias *a3, the aliases of this file stand for more than
              100,000 values
  --> topology.yaml:23:45
   |
23 | a4: &a4 [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3]
   |                                             ^^^
   |
   = help: write out what is meant, or put what repeats under `defaults:`
""",
    "unknown key": """\
error[SCH001] queue 'intake' has an unknown key 'visibility_timout'
  --> topology.yaml:13:5
   |
13 |     visibility_timout: 3m
   |     ^^^^^^^^^^^^^^^^^
   |
   = help: did you mean 'visibility_timeout'?
   = proposal: write visibility_timeout [--unsafe-fixes]
""",
    "reference with a typing error": """\
error[REF001] nothing is named 'intakes': external producer 'shop' cannot send
              to it
  --> topology.yaml:10:87
   |
10 | …principal: "111122223333", publishes: {message: OrderPlaced, to: intakes}}
   |                                                               ^^^^^^^^^^^
   |
   = help: did you mean 'intake'?
""",
    "number without a unit": """\
error[SCH003] queue 'intake': 'retention' is 14, but a duration needs its unit
  --> topology.yaml:14:16
   |
14 |     retention: 14
   |                ^^
   |
   = help: write 14d, 14m or 14h
""",
    "name of a component in Japanese": """\
error[SCH006] '消費者' cannot be a component name
  --> topology.yaml:16:3
   |
16 |   消費者:
   |   ^^^^^^
   |
   = help: small letters, digits and hyphens, such as 'order-intake'
""",
    "only comments": """\
error[SRC005] 'topology.yaml' is empty
 --> topology.yaml:1:1
  |
1 | # one
  | ^
  |
  = help: start with `penstock: 1`
""",
    "empty": """\
error[SRC005] 'topology.yaml' is empty
 --> topology.yaml
  |
  = help: start with `penstock: 1`
""",
    "NUL": """\
error[SRC002] 'topology.yaml' is not a text: it contains a NUL character
 --> topology.yaml:2:9
  |
2 | name: sh␀op
  |         ^
""",
}


@pytest.mark.parametrize("name", GOLDEN)
def test_it_reads_well_in_eighty_columns(penstock: Penstock, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    save(TEXTS[name].text)
    assert penstock("lint").out == GOLDEN[name]


def test_no_line_is_wider_than_the_terminal(penstock: Penstock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    files = [save(bad.text, Path(f"{number}.yaml")) for number, bad in enumerate(TEXTS.values())]
    lines = penstock("lint", *files).out.splitlines()
    assert len(lines) > 5 * len(TEXTS)
    assert [line for line in lines if len(line) > 60 and len(line.split()[-1]) < 40] == []


class TestTheExample:
    def test_one_finding_for_the_line_that_was_deleted(
        self, penstock: Penstock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = (ORDERS / "topology.yaml").read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        number = next(n for n, line in enumerate(lines) if line.startswith("  fulfilment:"))
        del lines[number + 2]
        save("".join(lines), Path("orders/topology.yaml"))
        save(
            (ORDERS / "messages/order_placed.schema.json").read_text(encoding="utf-8"),
            Path("orders/messages/order_placed.schema.json"),
        )
        monkeypatch.setenv("COLUMNS", "80")
        assert penstock("lint") == (1, NARROW, "1 error in 1 topology\n")
        monkeypatch.setenv("COLUMNS", "200")
        assert penstock("lint") == (1, WIDE, "1 error in 1 topology\n")


NARROW = """\
error[DLQ001] queue 'fulfilment' has no dead-letter queue: a message that always
              fails is received again and again for 4 d, then deleted
  --> orders/topology.yaml:36:3
   |
36 |   fulfilment:
   |   ^^^^^^^^^^
   |
   = help: write `dlq: {max_receives: 5}`, or `dlq: {none: why}` if that loss is
           wanted [--unsafe-fixes]
"""
WIDE = """\
error[DLQ001] queue 'fulfilment' has no dead-letter queue: a message that always fails is received again and again for 4 d, then deleted
  --> orders/topology.yaml:36:3
   |
36 |   fulfilment:
   |   ^^^^^^^^^^
   |
   = help: write `dlq: {max_receives: 5}`, or `dlq: {none: why}` if that loss is wanted [--unsafe-fixes]
"""


def large(count: int) -> str:
    """A chain of queues and functions, of which the queue in the middle has no dead-letter queue."""
    head, _, _ = CLEAN.partition("producers:\n")
    queues = [
        f"  q{n}: {{visibility_timeout: 3m{'' if n == count // 2 else ', dlq: {max_receives: 5}'}}}"
        for n in range(count)
    ]
    read = "batch: {size: 10, partial_failures: true}, max_concurrency: 10"
    functions = []
    for n in range(count):
        sends = f", publishes: {{message: OrderPlaced, to: q{n + 1}}}" if n + 1 < count else ""
        functions.append(f"  f{n}: {{timeout: 10s, from: {{source: q{n}, {read}}}{sends}}}")
    shop = '  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: q0}}'
    return "\n".join([f"{head}producers:", shop, "queues:", *queues, "consumers:", *functions, ""])


def test_five_thousand_components(penstock: Penstock) -> None:
    save(large(2500))
    ran = penstock("lint", "--format", "json")
    assert (ran.code, places(ran.out)) == (1, [("DLQ001", 12 + 1250, 3)])
