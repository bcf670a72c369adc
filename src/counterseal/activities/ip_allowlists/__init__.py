"""IP allow-lists: from where a parent's credentials may stamp."""
