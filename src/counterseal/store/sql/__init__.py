"""The tables and the statements of every store that speaks SQL, written once."""
