"""What `GET /_sim/stats` tells."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Posts are messages, not marks of reading; callbacks are bodies that were answered with 200."""

    posts: int = 0
    accepted: int = 0
    refused: int = 0
    marked_read: int = 0
    callbacks: int = 0
    callback_items: int = 0
    callback_failures: int = 0
    callback_lost: int = 0
    callback_unaddressed: int = 0
    callback_given_up: int = 0
    forged: int = 0
    forged_accepted: int = 0

    def as_dict(self) -> dict[str, int]:
        return {
            "posts": self.posts,
            "accepted": self.accepted,
            "refused": self.refused,
            "markedRead": self.marked_read,
            "callbacks": self.callbacks,
            "callbackItems": self.callback_items,
            "callbackFailures": self.callback_failures,
            "callbacksLost": self.callback_lost,
            "callbacksUnaddressed": self.callback_unaddressed,
            "callbacksGivenUp": self.callback_given_up,
            "forged": self.forged,
            "forgedAccepted": self.forged_accepted,
        }
