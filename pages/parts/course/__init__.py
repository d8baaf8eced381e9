"""Course parts: the strip with the current task, its dialog, and the table of contents."""
