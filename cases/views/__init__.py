"""What is shown: one noun a file, a view a paragraph."""
