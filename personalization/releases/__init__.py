"""Exports: one study as files that anybody can check and read without Concord."""
