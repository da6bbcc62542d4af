"""What runs of judges and of arms have in common: places, pace, money, ledger."""
