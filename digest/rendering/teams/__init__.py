"""What is posted to Microsoft Teams: Adaptive Cards."""
