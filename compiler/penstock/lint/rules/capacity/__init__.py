"""Capacity: what is sent more often than AWS takes it."""
