# Written by coinslot-codegen 0.1.0; do not edit.
"""The command `stablestudio`, as a module."""

from . import main

if __name__ == "__main__":
    main()
