"""The rows of the trajectory table, by the phase of a resident's life that they belong to."""
