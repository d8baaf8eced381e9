"""What pages share: caches, session keys, widgets, and how messages look."""
