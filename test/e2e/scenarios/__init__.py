"""What is done to a group, by name: each is a function over a formed Slice that returns the longest gap in seconds; the
limit beside it is what that gap may be."""
from . import engine

# name: (what is played, the longest gap allowed in seconds)
ALL = {
    "engine-killed": (engine.killed, 5.0),
}
