"""Proof: hash chains, signed checkpoints and sealed exports, checked with a public key alone.

Needs nothing but Python and `cryptography`, so that an auditor can check an export on a machine
without Opstap: `python -m proof FILE --public-key KEY`. Reads no clock and knows no database.
"""
