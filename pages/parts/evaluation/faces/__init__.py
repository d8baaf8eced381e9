"""Error analysis: lists of the faces that are worth looking at first."""
