"""User tags: marks that users carry and policies compare by id."""
