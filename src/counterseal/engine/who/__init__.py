"""Whose request this is: the stamp or session, the user it speaks for, and whether they may send it from there."""
