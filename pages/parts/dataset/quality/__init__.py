"""Data quality: the view of what is wrong with the faces of a dataset, kind by kind."""
