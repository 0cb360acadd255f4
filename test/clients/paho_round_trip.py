"""The Eclipse Paho client (paho-mqtt 1.x or 2.x) through one round trip; prints what it saw as one line of JSON.

Arguments: host, port, transport (tcp or websockets), protocol (3.1, 3.1.1 or 5), and, for TLS, the authority's file and
perhaps those of the client's own certificate and key.

Subscribes to three topics, publishes to each with QoS 0, 1 and 2, and ends when all three messages are back.
"""

import json
import sys

import paho.mqtt.client as mqtt

host, port, transport, protocol = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
authority, own_certificate = (sys.argv[5], sys.argv[6:]) if len(sys.argv) > 5 else (None, [])
is_version_5 = protocol == "5"
version = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311, "5": mqtt.MQTTv5}[protocol]

seen = {"granted": None, "messages": []}


def publish(client, qos):
    properties = None
    if is_version_5:
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        properties = Properties(PacketTypes.PUBLISH)
        properties.ContentType = "text/plain"
        properties.UserProperty = [("z", "1"), ("a", "2"), ("z", "3")]
    client.publish("paho/%d" % qos, "payload %d" % qos, qos=qos, properties=properties)


def on_connect(client, userdata, flags, reason_code, properties=None):
    client.subscribe([("paho/0", 0), ("paho/1", 1), ("paho/2", 2)])


def on_subscribe(client, userdata, packet_id, granted, properties=None):
    seen["granted"] = [getattr(code, "value", code) for code in granted]
    for qos in (0, 1, 2):
        publish(client, qos)


def on_message(client, userdata, message):
    entry = {"topic": message.topic, "qos": message.qos, "payload": message.payload.decode()}
    if is_version_5:
        entry["contentType"] = message.properties.ContentType
        entry["userProperties"] = message.properties.UserProperty
    seen["messages"].append(entry)
    if len(seen["messages"]) == 3:
        client.disconnect()


options = {"client_id": "paho", "transport": transport, "protocol": version}
if hasattr(mqtt, "CallbackAPIVersion"):
    options["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION2
client = mqtt.Client(**options)
client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
if authority:
    client.tls_set(authority, *own_certificate)
client.connect(host, port)
client.loop_forever()
seen["messages"].sort(key=lambda entry: entry["topic"])
print(json.dumps(seen))
