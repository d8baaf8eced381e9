"""Models: cards, weights, inference, and which networks there are."""
