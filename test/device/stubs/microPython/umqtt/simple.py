"""umqtt.simple 1.7. Announces lengths by len(), so it must get bytes: a str of three letters may be of six bytes."""

from said import said


class MQTTException(Exception):
    pass


class MQTTClient:
    sessions = 0

    def __init__(self, client_id, server, port=0, user=None, password=None, keepalive=0, ssl=None, ssl_params={}):
        assert all(isinstance(value, bytes) for value in (client_id, user or b"", password or b""))
        self.ssl = ssl
        self.rounds = 0
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
        MQTTClient.sessions += 1
        # Refused once, without a network once, and at the end switched off.
        if MQTTClient.sessions == 1:
            raise MQTTException(5)
        if MQTTClient.sessions == 2:
            raise OSError(113)
        if MQTTClient.sessions == 4:
            raise KeyboardInterrupt
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

    def check_msg(self):
        self.rounds += 1
        if self.rounds == 2:
            self.cb("küche/set".encode(), b"on")
        if self.rounds == 40:
            raise OSError(104)

    def ping(self):
        said("ping", b"")
