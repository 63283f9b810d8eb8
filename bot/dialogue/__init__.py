"""The worker's side of the assistant: what is asked of it, what it may answer, and how its processes start."""
