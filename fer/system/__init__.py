"""System: folders, safe writing, locks, processes, background jobs and progress. It knows no faces."""
