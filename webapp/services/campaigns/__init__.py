"""Campaigns: drafts (what the wizard writes), moves (from one status to the next), listing (what pages show)."""
