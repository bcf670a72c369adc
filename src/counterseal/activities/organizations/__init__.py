"""Organizations, sub-organizations and the root quorum."""
