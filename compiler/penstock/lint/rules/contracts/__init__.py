"""Contracts: what the schemas of messages do not hold to."""
