"""Rules about how messages look on the wire."""
