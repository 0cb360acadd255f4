/** Python with Eclipse Paho: paho-mqtt 2.x, and 1.6 as Debian and Ubuntu have it. Pure. */
import {
  type ConnectionSettings,
  caPemOf,
  KEEP_ALIVE_SECONDS,
  loginOf,
  type SourceFile,
  topicsOf,
} from './connectionSettings.ts';
import { CLIENT_ID_NOTE, certificateNotes, KEEP_ALIVE_NOTE, WILL_NOTE } from './notes.ts';
import { commentLines, pythonText, sourceOf } from './sourceText.ts';

export function python(settings: ConnectionSettings): SourceFile[] {
  const { host, port, clientId } = settings;
  const topics = topicsOf(settings);
  const login = loginOf(settings);
  const caPem = caPemOf(settings);
  const text = sourceOf(
    commentLines(
      '#',
      'Connects to the broker, says "online", and listens to commands. For paho-mqtt 2.x: pip install "paho-mqtt>=2". Runs with 1.6 as well.',
    ),
    caPem && 'import ssl',
    'import time',
    '',
    'import paho.mqtt.client as mqtt',
    '',
    `BROKER_HOST = ${pythonText(host)}`,
    `BROKER_PORT = ${port}`,
    login && [
      `BROKER_USERNAME = ${pythonText(login.username)}  # change`,
      `BROKER_PASSWORD = ${pythonText(login.password)}  # change`,
    ],
    commentLines('#', CLIENT_ID_NOTE),
    `CLIENT_ID = ${pythonText(clientId)}`,
    `TOPIC_STATUS = ${pythonText(topics.status)}`,
    `TOPIC_UPTIME = ${pythonText(topics.uptime)}`,
    `TOPIC_COMMAND = ${pythonText(topics.command)}`,
    commentLines('#', KEEP_ALIVE_NOTE),
    `KEEP_ALIVE = ${KEEP_ALIVE_SECONDS}`,
    caPem && [
      ...certificateNotes(settings, {
        ownGoesInto: 'load_cert_chain() of the SSL context below, as files',
      }).flatMap((note) => commentLines('#', note)),
      `CA_PEM = """${caPem}"""`,
    ],
    '',
    '',
    `def on_connect(client, userdata, flags, reason_code, properties=None):
    if reason_code != 0:
        print("refused by the broker:", reason_code)
        return
    client.publish(TOPIC_STATUS, "online", qos=1, retain=True)
    client.subscribe(TOPIC_COMMAND, qos=1)


def on_message(client, userdata, message):
    print(message.topic, message.payload, flush=True)


options = {"client_id": CLIENT_ID}
if hasattr(mqtt, "CallbackAPIVersion"):  # paho-mqtt 2.x
    options["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION2
client = mqtt.Client(**options)
client.on_connect = on_connect
client.on_message = on_message`,
    login && 'client.username_pw_set(BROKER_USERNAME, BROKER_PASSWORD)',
    caPem && 'client.tls_set_context(ssl.create_default_context(cadata=CA_PEM))',
    commentLines('#', WILL_NOTE),
    `client.will_set(TOPIC_STATUS, "offline", qos=1, retain=True)
client.connect(BROKER_HOST, BROKER_PORT, keepalive=KEEP_ALIVE)
client.loop_start()
started_at = time.monotonic()
while True:
    time.sleep(10)
    client.publish(TOPIC_UPTIME, str(int(time.monotonic() - started_at)))`,
  );
  return [{ name: 'board.py', text }];
}
