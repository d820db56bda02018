"""Sagas that fail half-way, or cannot be undone."""
