"""From what was planned to rows of the database, many at a time; every time in it is made up too."""
