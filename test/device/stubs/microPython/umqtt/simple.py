"""umqtt.simple 1.4 to 1.7. Announces lengths by len(), so it must get bytes: a str of three letters may be of six bytes."""

from said import said


class MQTTException(Exception):
    pass


class Stream:
    """The socket of a client: what it has is what the client's broker sent."""

    def __init__(self, client):
        self.has_something = lambda: client.next_packet() is not None

    def close(self):
        said("closes", b"")


class MQTTClient:
    # Refused once, without a network once, with nonsense and nothing for a CONNACK, and at the end switched off.
    fates = [MQTTException(5), OSError(113), AssertionError(), IndexError(), None, KeyboardInterrupt()]

    def __init__(self, client_id, server, port=0, user=None, password=None, keepalive=0, ssl=None, ssl_params={}):
        assert all(isinstance(value, bytes) for value in (client_id, user or b"", password or b""))
        self.ssl = ssl
        self.sock = None
        self.rounds = 0
        self.unanswered = 0
        said("host", server.encode())
        said("port", str(port).encode())
        said("clientId", client_id)
        said("username", user or b"")
        said("password", password or b"")
        said("keepAlive", str(keepalive).encode())

    def set_callback(self, f):
        self.cb = f

    def set_last_will(self, topic, msg, retain=False, qos=0):
        assert isinstance(topic, bytes) and isinstance(msg, bytes) and retain is True
        said("willTopic", topic)
        said("will", msg)

    def connect(self, clean_session=True):
        self.sock = Stream(self)
        said("connects", b"")
        fate = MQTTClient.fates.pop(0)
        if fate is not None:
            raise fate
        if self.ssl is not None:
            for certificate in self.ssl.get_ca_certs(binary_form=True):
                said("caDer", certificate)
        return 0

    def publish(self, topic, msg, retain=False, qos=0):
        assert isinstance(topic, bytes) and isinstance(msg, bytes)
        said("publishRetained" if retain else "publish", topic)
        said("payload", msg)

    def subscribe(self, topic, qos=0):
        assert isinstance(topic, bytes)
        said("subscribe", topic)

    def next_packet(self):
        """From the fortieth round on the broker is dead to it, and says nothing more."""
        if self.rounds == 1:
            return "publish"
        return "pingresp" if self.unanswered > 0 and self.rounds < 40 else None

    def check_msg(self):
        packet = self.next_packet()
        self.rounds += 1
        if packet == "publish":
            self.cb("küche/set".encode(), b"on")
        if packet == "pingresp":
            self.unanswered -= 1
        # A program that does not notice is ended here.
        if self.rounds == 1000:
            raise KeyboardInterrupt

    def ping(self):
        self.unanswered += 1
        said("ping", b"")
