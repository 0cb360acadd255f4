"""What keeps a state in the broker, through the Eclipse Paho client (paho-mqtt 1.x or 2.x); prints what it saw as JSON.

Arguments: host, port, protocol (3.1.1 or 5), and the name of a scenario: one of the functions at the end.

Nothing here waits for a time: that no more came is known from a message that was sent behind it, with QoS 2 because
the client hands such a message over only at the end of its exchange, and so behind all others.
"""

import json
import queue
import socket
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

host, port, protocol, scenario = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
is_version_5 = protocol == "5"


class Peer:
    """A client and its thread. Each method returns when the broker has answered."""

    def __init__(self, name, clean=True, will=None):
        self.clean = clean
        self.answers = queue.Queue()
        self.messages = queue.Queue()
        options = {"client_id": "%s-%s" % (name, protocol)}
        options["protocol"] = mqtt.MQTTv5 if is_version_5 else mqtt.MQTTv311
        if not is_version_5:
            options["clean_session"] = clean
        if hasattr(mqtt, "CallbackAPIVersion"):
            options["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION2
        self.client = mqtt.Client(**options)
        self.client.on_connect = self.on_connect
        self.client.on_subscribe = self.on_subscribe
        self.client.on_message = lambda client, userdata, message: self.messages.put(message)
        if will:
            self.client.will_set(**will)

    def on_connect(self, client, userdata, flags, reason_code, properties=None):
        present = flags["session present"] if isinstance(flags, dict) else flags.session_present
        self.answers.put(bool(present))

    def on_subscribe(self, client, userdata, packet_id, granted, properties=None):
        self.answers.put(True)

    def connect(self):
        """Returns whether the broker had kept a session."""
        options = {}
        if is_version_5:
            options["clean_start"] = self.clean
            options["properties"] = Properties(PacketTypes.CONNECT)
            options["properties"].SessionExpiryInterval = 0 if self.clean else 3600
        self.client.connect(host, port, **options)
        self.client.loop_start()
        return self.answers.get()

    def subscribe(self, topic_filter, identifier=None):
        if identifier is None:
            self.client.subscribe(topic_filter, qos=2)
        else:
            properties = Properties(PacketTypes.SUBSCRIBE)
            properties.SubscriptionIdentifier = identifier
            self.client.subscribe(topic_filter, options=SubscribeOptions(qos=2), properties=properties)
        self.answers.get()

    def publish(self, topic, payload, qos=2, retain=False):
        self.client.publish(topic, payload, qos, retain).wait_for_publish()

    def take_until(self, last):
        """The messages that come before the one with this payload."""
        taken = []
        while True:
            message = self.messages.get()
            if message.payload.decode() == last:
                return taken
            taken.append(message)

    def disconnect(self):
        self.client.disconnect()
        self.client.loop_stop()

    def lose_connection(self):
        """As a board without power: no DISCONNECT."""
        self.client.loop_stop()
        self.client.socket().shutdown(socket.SHUT_RDWR)


def connected(name, **options):
    peer = Peer(name, **options)
    peer.connect()
    return peer


def described(messages):
    return ["%s|%d|%d|%s" % (m.topic, m.qos, m.retain, m.payload.decode()) for m in messages]


def retained():
    publisher, subscriber = connected("publisher"), connected("subscriber")
    for qos in (0, 1, 2):
        publisher.publish("kept/%d" % qos, "kept", qos, retain=True)
    publisher.publish("kept/1", "", retain=True)
    subscriber.subscribe("kept/#")
    publisher.publish("kept/0", "live", retain=True)
    publisher.publish("kept/end", "end")
    return sorted(described(subscriber.take_until("end")))


def session():
    publisher, sleeper = connected("publisher"), Peer("sleeper", clean=False)
    present = [sleeper.connect()]
    sleeper.subscribe("mail/#")
    sleeper.disconnect()
    for qos in (1, 2):
        publisher.publish("mail/%d" % qos, "while away", qos)
    present.append(sleeper.connect())
    publisher.publish("mail/end", "end")
    return {"present": present, "messages": described(sleeper.take_until("end"))}


def will():
    watcher = connected("watcher")
    watcher.subscribe("wills/#")
    for name in ("polite", "lost"):
        peer = connected(name, will={"topic": "wills/" + name, "payload": "gone", "qos": 2})
        peer.disconnect() if name == "polite" else peer.lose_connection()
    # The loss is the broker's to notice: only the will itself says that it has.
    arrived = [watcher.messages.get()]
    watcher.publish("wills/end", "end")
    return described(arrived + watcher.take_until("end"))


def shared():
    publisher, members = connected("publisher"), [connected("member%d" % n) for n in (1, 2)]
    for member in members:
        member.subscribe("$share/workers/jobs")
        member.subscribe("end")
    for n in range(20):
        publisher.publish("jobs", "job %d" % n)
    publisher.publish("end", "end")
    taken = [[m.payload.decode() for m in member.take_until("end")] for member in members]
    return {"everyoneWorked": all(taken), "jobs": sorted(taken[0] + taken[1], key=lambda job: int(job[4:]))}


def identifiers():
    publisher, subscriber = connected("publisher"), connected("subscriber")
    subscriber.subscribe("rooms/#", identifier=1)
    subscriber.subscribe("rooms/+/temperature", identifier=268435455)
    for topic in ("rooms/1/temperature", "rooms/1/humidity"):
        publisher.publish(topic, "x")
    publisher.publish("rooms", "end")
    seen = {}
    for message in subscriber.take_until("end"):
        seen.setdefault(message.topic, []).extend(message.properties.SubscriptionIdentifier)
    return {topic: sorted(found) for topic, found in seen.items()}


scenarios = {f.__name__: f for f in (retained, session, will, shared, identifiers)}
print(json.dumps(scenarios[scenario]()))
