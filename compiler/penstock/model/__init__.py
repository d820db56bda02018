"""What every front end produces and every later phase reads."""
