"""TON, The Open Network."""
