"""Evaluation page: choose the models and faces, then look at the answers from every side."""
