"""What readers see: clean HTML, excerpts, and each form an edition takes."""
