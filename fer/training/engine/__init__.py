"""Training engine: everything of a run that needs Keras; it works in a process of its own."""
