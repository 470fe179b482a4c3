"""The verbs of a case's life: each is one transaction, done once, recorded in the chain of events."""
