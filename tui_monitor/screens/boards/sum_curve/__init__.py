"""Board 1: the sum curve, its nodes, the coins of one."""
