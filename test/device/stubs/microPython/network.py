"""A Wi-Fi that is there at the second look. Says what it is told."""

from said import said

STA_IF = 0


class WLAN:
    def __init__(self, interface_id):
        assert interface_id == STA_IF
        self.looks = 0

    def active(self, is_active):
        assert is_active is True

    def connect(self, ssid, key):
        said("wifi", ssid.encode())

    def isconnected(self):
        self.looks += 1
        return self.looks > 2
