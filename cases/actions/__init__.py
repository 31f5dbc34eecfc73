"""What is written, by verb. Keyword-only, `by=` an Access, atomic, the audit event last."""
