"""Suites that a plugin's author runs against their own: what the runtime relies on, as tests."""
