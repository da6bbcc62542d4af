"""Asking models: requests, answers, errors and backends; pure, no Django."""
