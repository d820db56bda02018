"""Rules about routes of APIs."""
