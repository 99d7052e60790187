"""What is posted to Matrix: notices."""
