"""Audit: histories are replayed, and what people read is compared with what they tell."""
