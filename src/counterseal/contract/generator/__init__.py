"""Turns the service's published model into the code of ``shapes`` and ``operations_table``. Not loaded at run time."""
