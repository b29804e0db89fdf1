"""Writing an amount of money as people read it."""

from decimal import Decimal

_BELGIAN = str.maketrans(",.", ".,")


def euro(amount: Decimal) -> str:
    """Write an amount as Belgians do: € 1.234,50, and € -12,00 below zero."""
    return f"€ {amount:,.2f}".translate(_BELGIAN)
