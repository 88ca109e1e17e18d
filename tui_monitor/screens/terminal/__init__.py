"""What goes to the terminal: the painter, its codes, the clipboard."""
