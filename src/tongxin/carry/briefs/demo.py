def build(demo) -> None:
    pass
