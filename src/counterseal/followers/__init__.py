"""What follows behind the commits: it is told nothing, looks into the store, and holds up no decision."""
