"""What readers of feeds were reported to get wrong, each with what is right."""
