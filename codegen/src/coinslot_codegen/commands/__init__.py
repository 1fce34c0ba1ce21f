"""Subcommands of `coinslot` that this distribution adds."""
