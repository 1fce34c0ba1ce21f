"""Tempo on this machine: dollars in memory under the chain's rules, or a native node."""
