"""What people type, cleaned by the rules that imports call too."""
