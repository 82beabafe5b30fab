"""PostgreSQL and Valkey as child processes of this program, and `python -m embedded up`, which starts it all.

Standard library only; knows the rest of Crier by its commands and imports nothing of it.
What others may use: `paths.data_dir`, `running.urls`, `running.secrets`, `servers.start`.
"""
