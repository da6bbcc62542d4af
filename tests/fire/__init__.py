"""Claims under fire: server processes that are killed, and clients that believe only answers."""
