"""IP allow-lists, as those see them who are on them."""
