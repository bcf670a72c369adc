"""How fast the server is, against the raw limits of the machine it runs on. Run it with ``make bench``."""
