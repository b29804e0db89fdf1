"""Every table together, for who needs them all: the migrations, and the tests that compare them."""

from stores import bank_tables, guard_tables, money_tables
from stores.tables import metadata

__all__ = ["bank_tables", "guard_tables", "metadata", "money_tables"]
