"""What is told of an activity: as a reply, explained, or as it would be."""
