"""Filters: what they let through, and what nobody gets."""
