"""Schools and the terms in which their groups meet."""
