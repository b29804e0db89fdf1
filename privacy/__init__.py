"""Sealing what is personal: keys per resident, the payload codec, columns, and forgetting."""
