"""The first lines of a unit, and of its test: what they are called and which shapes they have is the contract's.

They run as they are: the unit refuses every request as not implemented, and the test says so.
"""
