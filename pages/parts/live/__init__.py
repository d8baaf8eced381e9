"""Live view: choose a model and how it reads, then show it a camera, pictures or a film."""
