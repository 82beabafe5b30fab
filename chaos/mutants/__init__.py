"""Ways to break the engine, each a file with `apply()` that changes the product before it starts, and a SCENARIO that
must show it. The checker is tested with them: one that is not found is a hole in it."""
