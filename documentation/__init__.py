"""Generated documentation: the tables of `models` as pages that cannot drift from the code."""
