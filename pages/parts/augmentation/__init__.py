"""The parts of station 2; each file draws one of its views, or the settings beside them."""
