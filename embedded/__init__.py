"""Everything on one machine in one terminal: the Temporal server, the worker and a mail catcher.

Promises state that survives kill -9 and children that never outlive their parent. Listens on
loopback only, knows no rule of the domain, and is not meant for production (see deploy/README.md).
"""
