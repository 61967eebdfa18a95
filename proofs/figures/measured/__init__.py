"""What each figure measures: runs from numerics, exact laws from theory, as JSON values."""
