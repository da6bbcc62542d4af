"""Shares of labels: how divided people are, and how far a judge's shares lie from theirs."""
