"""The fault suite: the whole program as its processes, what may befall it, and a checker of what must hold.
It uses the product from outside; nothing of the product knows of it."""
