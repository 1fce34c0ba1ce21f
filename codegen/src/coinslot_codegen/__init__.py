"""Reads documents of paid HTTP APIs and writes typed clients for them."""
