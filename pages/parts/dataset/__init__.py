"""Dataset page: each file draws one of its views, or what several of them share."""
