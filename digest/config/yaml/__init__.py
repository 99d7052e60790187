"""Reading a YAML document with its lines, and editing one in place."""
