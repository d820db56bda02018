"""Choreographies: flows that nobody conducts."""
