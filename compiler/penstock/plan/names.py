"""Logical ids: made from names alone, so that no other resource changes when a component comes, goes or moves.

CloudFormation replaces a resource whose logical id changes, and a replaced queue loses its messages.

No two resources get one id. A component's id is its name in capitalised words and a role, ``OrderIntakeQueue``; the name can be read
back from the words, and no role ends in another, so the id tells both. The ids of what joins two components have `joint_id`.
"""

import re

_NUMBER = re.compile(r"n*[0-9]")
_WORD = re.compile(r"[A-Z][a-z0-9]*")
_JOINTS = frozenset({"From", "As"})
_ID_LIMIT = 255
_DIGEST = 10


def pascal(name: str) -> str:
    """A name in capitalised words; no two names give the same.

    A part that begins with a digit would run into the one before it, so it gets an ``N``, and so does a part that looks as if it had.
    A name with an alias in front gets a suffix that hangs on both, for `stock/orders` is not `stock-orders`.

    >>> pascal("order-intake"), pascal("shop-2"), pascal("shop2"), pascal("shop-n2")
    ('OrderIntake', 'ShopN2', 'Shop2', 'ShopNn2')
    """
    alias, slash, own = name.rpartition("/")
    if slash:
        return pascal(alias) + pascal(own) + digest(name)
    return "".join("N" + part if _NUMBER.match(part) else part[:1].upper() + part[1:] for part in name.split("-"))


def digest(text: str, length: int = 6) -> str:
    """A short stable suffix for a text."""
    from hashlib import sha256  # few names are too long

    return sha256(text.encode()).hexdigest()[:length]


def logical_id(*parts: str) -> str:
    """The logical id of a resource: a component's name, and what the resource is to it, which begins with a capital letter.

    >>> logical_id("order-intake", "Queue")
    'OrderIntakeQueue'
    """
    return "".join(part if part[:1].isupper() else pascal(part) for part in parts)


def joint_id(*parts: str, joints: int = 1) -> str:
    """The logical id of what joins components: names with ``From`` between two of them and ``As`` before an id, ``joints`` in all.

    A name with one of these words in it could be read in two ways; then a suffix that hangs on all parts tells which is meant.

    >>> joint_id("fulfilment", "QueueFrom", "orders", "TopicSubscription")
    'FulfilmentQueueFromOrdersTopicSubscription'
    """
    text = logical_id(*parts)
    clear = sum(word in _JOINTS for word in _WORD.findall(text)) == joints
    return text if clear and len(text) <= _ID_LIMIT else cut(text, _ID_LIMIT, "/".join(parts))


def cut(text: str, limit: int, whole: str) -> str:
    """A text with a stable suffix that hangs on ``whole``, in at most ``limit`` letters and digits."""
    return text[: limit - _DIGEST] + digest(whole, _DIGEST)


def environment_name(kind: str, name: str) -> str:
    """The environment variable in which a function finds a channel or a store: ``PENSTOCK_TOPIC_ORDERS``."""
    return f"PENSTOCK_{kind}_{name}".upper().replace("-", "_").replace("/", "__")


def shortened(name: str, limit: int) -> str:
    """A name that fits into ``limit`` characters; one that is too long is cut and gets a stable suffix."""
    return name if len(name) <= limit else f"{name[: limit - 7].rstrip('-')}-{digest(name)}"
