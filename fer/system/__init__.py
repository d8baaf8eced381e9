"""System layer: folders, safe writing, locks, processes, background jobs, progress. It knows no faces."""
