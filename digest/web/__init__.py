"""What answers HTTP: for now the control socket, over which commands reach a running daemon."""
