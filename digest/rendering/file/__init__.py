"""What files have beside an edition: properties, marks, an index and a feed."""
