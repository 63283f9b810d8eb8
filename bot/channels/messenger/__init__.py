"""Facebook Messenger over Meta's Graph API: the same signature as WhatsApp, other limits."""
