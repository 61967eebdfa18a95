"""How each figure is drawn, from its data alone: nothing is simulated or derived here."""
