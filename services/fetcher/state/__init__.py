"""What the fetchers remember, and the outbox."""
