"""Subcommands of `coinslot` that the runtime itself brings; each loads only when named."""
