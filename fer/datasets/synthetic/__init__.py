"""Synthetic faces: a drawn dataset that needs no download and shows no real person."""
