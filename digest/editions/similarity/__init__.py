"""What is the same, and what is alike, among the titles and links of entries."""
