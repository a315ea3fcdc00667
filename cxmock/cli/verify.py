"""x"""


def arguments(parser): ...
def run(options):
    return 2
