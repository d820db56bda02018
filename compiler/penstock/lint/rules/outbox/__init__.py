"""Rules: outboxes."""
