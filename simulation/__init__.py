"""Whole trajectories on a virtual clock: scripts of dated facts, played on either of two engines.

`core` drives the pure functions alone; `temporal` drives the real workflow on the time-skipping
test server. Both give the same outcomes for the same script. Never touches real people or servers.
"""
