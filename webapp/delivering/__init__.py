"""Delivery of webhooks: claim what is due, sign, post, settle, judge the endpoint.

Every event arrives at least once. Beside sending/; no Flask beyond the context of a helper.
"""
