"""Chains on this machine, for as long as the tests run: what was signed is carried out there, or refused."""
