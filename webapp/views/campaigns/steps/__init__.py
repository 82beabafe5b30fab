"""The wizard's steps: for each its form as the draft has it, how it is saved, and what else its page shows."""
