"""Session profiles, as sub-organizations see them, too."""
