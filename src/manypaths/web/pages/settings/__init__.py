"""What a district is called, its zone, and how each framework speaks: words, levels, thresholds."""
