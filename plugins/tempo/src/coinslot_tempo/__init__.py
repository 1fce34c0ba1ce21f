"""Pays MPP charges on Tempo. The door is `coinslot_tempo.backend.backend`."""
