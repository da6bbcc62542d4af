"""The assistant's replies: written by a worker piece by piece, and shown as they come."""
