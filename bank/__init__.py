"""Bank files: reading CODA and CAMT.053, and nothing more; what is booked is decided elsewhere."""
