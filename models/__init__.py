"""The pure core: the rules of the trajectory as rows and pure functions.

Nothing here reads a clock, a file or a network, and nothing knows about Temporal or SQL:
the same call with the same arguments gives the same answer, today and in an audit ten years on.
"""
