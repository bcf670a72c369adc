"""``python -m counterseal``."""

from counterseal.cli import main

main()
