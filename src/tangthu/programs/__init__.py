"""Programs that act for people: the keys they come with, how often they may ask, what they got."""
