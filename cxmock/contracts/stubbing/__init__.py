"""Stubs: a contract plays a component on its own, with the answers that stand in it as examples.

What is asked has to be promised, whole; else the answer is an explanation. Where several promises are about the same
request, the first in the file is played, unless provider states are chosen: then it is the one that fits them best.
They are chosen as a fake's are brought about, and cost nothing. Generated values are generated.
"""
