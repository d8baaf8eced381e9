"""The parts of station 3."""
