"""What clusters do, second by second: read once, for all who look."""
