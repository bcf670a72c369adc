"""Policies: rules in the policy language, checked before they are stored."""
