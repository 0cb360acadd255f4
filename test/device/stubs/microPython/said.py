"""What a stub was told, a line each: its name, and the bytes as hex."""


def said(name, value):
    print(name, value.hex())
