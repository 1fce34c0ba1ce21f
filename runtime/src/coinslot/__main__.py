"""`python -m coinslot`: the same command as `coinslot`."""

from coinslot._cli import main

main()
