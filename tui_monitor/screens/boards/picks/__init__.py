"""Board 4: coins by the score of a fixed formula."""
