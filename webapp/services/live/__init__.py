"""What open pages listen to: one Redis subscription in each web process (wire), the campaigns that are watched
(hub, watch), their pace, and a mailbox for each reader. It renders nothing itself and asks no database for a frame.
"""
