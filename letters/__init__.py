"""The letters: templates and what fills them. Knows the models; never sends anything."""
