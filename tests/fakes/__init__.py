"""Stand-ins for the far side of each channel. They check what we send against the documented rules and never deduplicate."""
