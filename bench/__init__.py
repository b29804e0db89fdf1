"""The project's own measurements: ratios against bare Temporal workflows on the same server.

Every measurement starts private servers and workers in a temporary folder, alternates ours and the
bare one within a run, and stops what it started by its own process id. Product code never imports
this package.
"""
