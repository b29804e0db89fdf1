"""Invented partners, dwellings and residents for `opstap up --demo`; nobody here exists."""
