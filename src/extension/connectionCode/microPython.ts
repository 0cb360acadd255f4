/**
 * MicroPython 1.23 and newer with umqtt.simple 1.4 to 1.7; since 1.4 it takes an SSLContext. Pure.
 *
 * Texts are encoded before umqtt gets them: it announces the length of what it is given, which is characters for a str,
 * and bytes for bytes. What umqtt leaves to the program is done here: pings and whether they are answered, and coming back
 * whatever it raises. Only 1.5 and newer take a timeout for CONNECT, and a firmware may have 1.4 in it: none is given.
 */
import {
  type ConnectionSettings,
  caPemOf,
  KEEP_ALIVE_SECONDS,
  loginOf,
  placeholders,
  type SourceFile,
  topicsOf,
} from './connectionSettings.ts';
import { CLIENT_ID_NOTE, certificateNotes, KEEP_ALIVE_NOTE, unreachableNote, WILL_NOTE } from './notes.ts';
import { commentLines, pythonText, sourceOf } from './sourceText.ts';

export function microPython(settings: ConnectionSettings): SourceFile[] {
  const { host, port, clientId } = settings;
  const topics = topicsOf(settings);
  const login = loginOf(settings);
  const caPem = caPemOf(settings);
  const unreachable = unreachableNote(settings);
  const text = sourceOf(
    commentLines(
      '#',
      'Connects to the broker, says "online", and listens to commands. For MicroPython 1.23 or newer with umqtt.simple: mpremote mip install umqtt.simple',
    ),
    caPem && 'import binascii',
    'import select',
    caPem && 'import ssl',
    'import sys',
    'import time',
    '',
    'import network',
    'from umqtt.simple import MQTTClient, MQTTException',
    '',
    `WIFI_NAME = ${pythonText(placeholders.wifiName)}  # change`,
    `WIFI_PASSWORD = ${pythonText(placeholders.wifiPassword)}  # change`,
    unreachable && commentLines('#', unreachable),
    `BROKER_HOST = ${pythonText(host)}`,
    `BROKER_PORT = ${port}`,
    login && [
      `BROKER_USERNAME = ${pythonText(login.username)}.encode()  # change`,
      `BROKER_PASSWORD = ${pythonText(login.password)}.encode()  # change`,
    ],
    commentLines('#', CLIENT_ID_NOTE),
    `CLIENT_ID = ${pythonText(clientId)}.encode()`,
    `TOPIC_STATUS = ${pythonText(topics.status)}.encode()`,
    `TOPIC_UPTIME = ${pythonText(topics.uptime)}.encode()`,
    `TOPIC_COMMAND = ${pythonText(topics.command)}.encode()`,
    commentLines('#', `${KEEP_ALIVE_NOTE} umqtt sends no ping by itself: the loop below does.`),
    `KEEP_ALIVE = ${KEEP_ALIVE_SECONDS}`,
    caPem && [
      ...certificateNotes(settings, {
        more: 'Dates are compared on some boards: set the clock first, by ntptime.settime().',
        ownGoesInto: 'context.load_cert_chain(), in tls() below, as DER',
      }).flatMap((note) => commentLines('#', note)),
      `CA_PEM = """${caPem}"""`,
    ],
    '',
    '',
    `def on_message(topic, payload):
    print(topic.decode(), payload)


def join_wifi():
    wifi = network.WLAN(network.STA_IF)
    wifi.active(True)
    if not wifi.isconnected():
        wifi.connect(WIFI_NAME, WIFI_PASSWORD)
    while not wifi.isconnected():
        time.sleep_ms(200)

`,
    caPem && [
      'def tls():',
      '    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)',
      '    context.verify_mode = ssl.CERT_REQUIRED',
      ...commentLines(
        '    #',
        'As DER, which every port with Mbed TLS takes. The ESP8266 has axTLS, which can verify no server: this function fails there.',
      ),
      '    lines = [line for line in CA_PEM.split("\\n") if line and not line.startswith("-----")]',
      '    context.load_verify_locations(cadata=binascii.a2b_base64("".join(lines)))',
      '    return context',
      '',
      '',
    ],
    commentLines(
      '#',
      'umqtt waits without an end for the answer to CONNECT or SUBSCRIBE, and for the rest of a packet: machine.WDT() restarts a board that hangs there.',
    ),
    `def run(client):
    client.connect()
    client.publish(TOPIC_STATUS, b"online", retain=True)
    client.subscribe(TOPIC_COMMAND, qos=1)
    poller = select.poll()
    poller.register(client.sock, select.POLLIN)
    heard_at = published_at = pinged_at = time.ticks_ms()
    while True:
        came = poller.poll(50)
        client.check_msg()
        now = time.ticks_ms()
        # check_msg() does not tell of the answer to a ping: all that comes shows that the broker is there.
        if came:
            heard_at = now
        elif time.ticks_diff(now, heard_at) >= KEEP_ALIVE * 1000:
            raise OSError("no answer to a ping")
        if time.ticks_diff(now, pinged_at) >= KEEP_ALIVE * 500:
            pinged_at = now
            client.ping()
        if time.ticks_diff(now, published_at) >= 10000:
            published_at = now
            client.publish(TOPIC_UPTIME, str(now // 1000).encode())

`,
    'def stay_connected():',
    '    client = MQTTClient(',
    '        CLIENT_ID,',
    '        BROKER_HOST,',
    '        port=BROKER_PORT,',
    login && ['        user=BROKER_USERNAME,', '        password=BROKER_PASSWORD,'],
    '        keepalive=KEEP_ALIVE,',
    caPem && '        ssl=tls(),',
    '    )',
    '    client.set_callback(on_message)',
    commentLines('    #', WILL_NOTE),
    `    client.set_last_will(TOPIC_STATUS, b"offline", retain=True, qos=1)
    try:
        run(client)
    finally:
        if client.sock:
            client.sock.close()


join_wifi()
while True:
    try:
        stay_connected()
    except MQTTException as refusal:
        # 2: client id, 4 and 5: user name or password
        print("MQTT: refused by the broker, code", refusal)
    except OSError as error:
        print("MQTT: no connection,", error)
    except Exception as error:
        # umqtt asserts and indexes what it reads: so ends what is no answer, or half of one. Mistakes of
        # your own come here too, with their line.
        sys.print_exception(error)
    time.sleep(5)`,
  );
  return [{ name: 'main.py', text }];
}
