"""A pool of processes for work that may stall or eat memory."""
