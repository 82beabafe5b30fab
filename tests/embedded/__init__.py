"""Real servers and real processes, started and killed. The programs around them are small stand-ins."""
