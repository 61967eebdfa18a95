"""Why it holds: the only place where theory and numerics meet."""
