"""Sums of money, in a currency's smallest unit."""

from messages import OrderPlaced


def total(order: OrderPlaced) -> int:
    """What the whole order costs."""
    return sum(line.quantity * line.unit_price for line in order.lines)
