"""Core package: all of FER Lab but its web pages."""
