"""Durable orchestration: makes the decisions of `models` last. No rule lives here."""
