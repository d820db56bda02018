"""Tells the customer how it ended."""

import logging

from messages import RefundPaid, ReturnRefused

LOG = logging.getLogger(__name__)


def handle_refund_paid(message: RefundPaid) -> None:
    """Send the good news; here a mail would go out."""
    LOG.info("%s: the money for %s is on its way", message.order_id, message.article)


def handle_return_refused(message: ReturnRefused) -> None:
    """Send the bad news; here a mail would go out."""
    LOG.info("%s: %s comes back to you", message.order_id, message.article)
