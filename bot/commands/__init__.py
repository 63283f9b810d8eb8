"""The commands of `kite`, one file a subject; each only parses, calls and prints."""
