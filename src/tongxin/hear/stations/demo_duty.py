"""placeholder"""


def build(demo): ...
