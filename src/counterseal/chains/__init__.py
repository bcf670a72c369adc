"""One folder a chain: addresses; transactions as facts for policies or refused; what is signed, and the signed whole.

Everything here is a pure function of values. No key comes in here: a signature is made elsewhere and put in its place.
"""
