"""Work after a transaction: the outbox is the truth, the queue only the doorbell."""
