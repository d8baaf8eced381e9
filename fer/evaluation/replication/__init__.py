"""Replication: what others published, what came of repeating it here, and the verdict."""
