"""Wallets of the user's own: made, kept, opened and watched. What a chain is stands in the backends.

`family.py` says what a backend must tell of its kind of key, `store.py` where wallets lie, `keystore.py` and
`keyrings.py` how their secrets are kept, `opening.py` how a program gets at one.
"""
