"""Effects: each may run twice and has one effect, by a key of the domain."""
