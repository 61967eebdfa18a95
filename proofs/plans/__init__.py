"""Plans of `collapse simulate`, one file a model; a plan says what is simulated and measured."""
