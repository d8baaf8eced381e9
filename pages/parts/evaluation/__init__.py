"""The parts of station 4: choose what is judged, then look at it from every side."""
