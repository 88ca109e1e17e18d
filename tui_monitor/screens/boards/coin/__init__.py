"""The page of one coin."""
