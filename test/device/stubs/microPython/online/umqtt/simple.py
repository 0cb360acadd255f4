"""umqtt.simple 1.4 to 1.7 on the wire: it waits without an end, and ends by assertions and indices what is not as it should be."""

import socket
import struct
from ssl import SSLWantReadError


class MQTTException(Exception):
    pass


def text(value):
    return struct.pack("!H", len(value)) + value


class Stream:
    """A socket of MicroPython: read() waits for all that it is asked for, and says None where it must not wait."""

    def __init__(self, of_python):
        self.of_python = of_python
        self.fileno = of_python.fileno
        self.setblocking = of_python.setblocking
        self.write = of_python.sendall
        self.close = of_python.close

    def read(self, size):
        data = b""
        while len(data) < size:
            try:
                part = self.of_python.recv(size - len(data))
            except (BlockingIOError, SSLWantReadError):
                return data or None
            if part == b"":
                return data
            data += part
        return data


class MQTTClient:
    def __init__(self, client_id, server, port=0, user=None, password=None, keepalive=0, ssl=None):
        self.client_id = client_id
        self.address = (server, port)
        self.login = (user, password)
        self.keepalive = keepalive
        self.ssl = ssl
        self.sock = None
        self.will = None
        self.packet_id = 0

    def set_callback(self, f):
        self.cb = f

    def set_last_will(self, topic, msg, retain=False, qos=0):
        self.will = (topic, msg)
        self.will_flags = 4 | qos << 3 | retain << 5

    def connect(self, clean_session=True):
        plain = socket.socket()
        self.sock = Stream(plain)
        plain.connect(self.address)
        if self.ssl:
            self.sock = Stream(self.ssl.wrap_socket(plain, server_hostname=self.address[0]))
        flags = clean_session << 1
        payload = text(self.client_id)
        if self.will:
            flags |= self.will_flags
            payload += b"".join(map(text, self.will))
        if self.login[0]:
            flags |= 0xC0
            payload += b"".join(map(text, self.login))
        self.send(0x10, text(b"MQTT") + bytes((4, flags)) + struct.pack("!H", self.keepalive) + payload)
        answer = self.sock.read(4)
        assert answer[0] == 0x20 and answer[1] == 2
        if answer[3] != 0:
            raise MQTTException(answer[3])
        return answer[2] & 1

    def send(self, first_byte, rest):
        size = len(rest)
        header = bytes((first_byte,))
        while size > 0x7F:
            header += bytes((size & 0x7F | 0x80,))
            size >>= 7
        self.sock.write(header + bytes((size,)) + rest)

    def ping(self):
        self.send(0xC0, b"")

    def publish(self, topic, msg, retain=False, qos=0):
        assert qos == 0
        self.send(0x30 | retain, text(topic) + msg)

    def subscribe(self, topic, qos=0):
        self.packet_id += 1
        self.send(0x82, struct.pack("!H", self.packet_id) + text(topic) + bytes((qos,)))
        while True:
            if self.wait_msg() == 0x90:
                size, packet_id, code = struct.unpack("!BHB", self.sock.read(4))
                assert packet_id == self.packet_id
                if code == 0x80:
                    raise MQTTException(code)
                return

    def wait_msg(self):
        first = self.sock.read(1)
        self.sock.setblocking(True)
        if first is None:
            return None
        if first == b"":
            raise OSError(-1)
        if first == b"\xd0":
            assert self.sock.read(1)[0] == 0
            return None
        op = first[0]
        if op & 0xF0 != 0x30:
            return op
        size = shift = 0
        more = 0x80
        while more & 0x80:
            more = self.sock.read(1)[0]
            size |= (more & 0x7F) << shift
            shift += 7
        length = self.sock.read(2)
        topic = self.sock.read(length[0] << 8 | length[1])
        size -= len(topic) + 2
        packet_id = self.sock.read(2) if op & 6 else b""
        self.cb(topic, self.sock.read(size - len(packet_id)))
        if op & 6 == 2:
            self.send(0x40, packet_id)
        return op

    def check_msg(self):
        self.sock.setblocking(False)
        return self.wait_msg()
