"""The parts of station 5: choose a model and how it reads, then show it a camera, pictures or a film."""
