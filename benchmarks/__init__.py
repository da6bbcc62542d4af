"""How fast Concord is, measured beside a named reference in the same run (make bench)."""
