"""The first study to look at: everything in it is made up, and what it should show is planted."""
