"""Looks for MQTT brokers by mDNS, as an application does, on the network of one address: `browse_mdns.py ADDRESS`.

Prints a line of JSON for each that comes or goes, until it is ended.
"""
import json
import sys
import threading
from zeroconf import IPVersion, ServiceBrowser, ServiceStateChange, Zeroconf

zeroconf = Zeroconf(interfaces=[sys.argv[1]], ip_version=IPVersion.V4Only)


def changed(zeroconf, service_type, name, state_change):
    if state_change is ServiceStateChange.Removed:
        print(json.dumps({"event": "gone", "name": name}), flush=True)
    if state_change is ServiceStateChange.Added:
        info = zeroconf.get_service_info(service_type, name, timeout=10000)
        found = {"event": "found", "name": name, "port": info.port, "host": info.server}
        print(json.dumps({**found, "addresses": info.parsed_addresses()}), flush=True)


# Kept until the end: a browser without a reference to it stops.
browsers = [ServiceBrowser(zeroconf, f"{kind}._tcp.local.", handlers=[changed]) for kind in ("_mqtt", "_secure-mqtt")]
threading.Event().wait()
