"""Campaigns at the door: the list, the wizard, and one campaign. Each file adds its routes to the one blueprint."""
