"""The rooms of the dataset page; each file draws one of its views."""
