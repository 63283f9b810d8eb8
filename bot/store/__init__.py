"""Everything that must survive a power cut: conversations, inbox, outbox, cases, staff."""
