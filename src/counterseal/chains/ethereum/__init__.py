"""Ethereum and the chains that take its transactions: what is signed, what policies see of it, or why it is refused."""
