"""One file for each thing that is measured; each gives figures. `catalogue.py` lists them."""
