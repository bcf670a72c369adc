"""Whether a consensus can still be reached by approvals that may yet come."""
