"""Chains of the Cosmos SDK: the Cosmos Hub, and Sei."""
