"""For people: why it was decided so, what a policy probably does not mean, and what it ought to do."""
