"""What is claimed: statements, laws, domains and derivations. Knows no kernel."""
