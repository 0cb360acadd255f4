/** Arduino with PubSubClient 2.8, its last version. Pure. */
import { arduinoSketch, setupOf } from './arduinoSketch.ts';
import { type ConnectionSettings, KEEP_ALIVE_SECONDS, type SourceFile } from './connectionSettings.ts';
import { KEEP_ALIVE_NOTE, WILL_NOTE } from './notes.ts';
import { commentLines } from './sourceText.ts';

export interface PubSubClientOptions {
  fileName?: string;
  isSimulated?: boolean;
}

export function pubSubClient(
  settings: ConnectionSettings,
  { fileName = 'board.ino', isSimulated = false }: PubSubClientOptions = {},
): SourceFile[] {
  const login = settings.credentials ? 'BROKER_USERNAME, BROKER_PASSWORD' : 'nullptr, nullptr';
  const text = arduinoSketch(settings, {
    notes: [
      'Connects to the broker, says "online", and listens to commands. For PubSubClient 2.8 by Nick O\'Leary, written for an ESP32. It publishes with QoS 0 only, and subscribes with QoS 0 or 1.',
    ],
    libraryHeader: 'PubSubClient.h',
    isSimulated,
    body: [
      `PubSubClient mqtt(network);

void onMessage(char *topic, uint8_t *payload, unsigned int length) {
  Serial.print(topic);
  Serial.print(": ");
  Serial.write(payload, length);  // it has no NUL at its end
  Serial.println();
}

void connectToBroker() {
  while (!mqtt.connected()) {`,
      ...commentLines('    //', WILL_NOTE),
      `    if (mqtt.connect(CLIENT_ID, ${login}, TOPIC_STATUS, 1, true, "offline")) {
      mqtt.publish(TOPIC_STATUS, "online", true);
      mqtt.subscribe(TOPIC_COMMAND, 1);
    } else {
      // -2: no way to the broker; 2: client id; 4 and 5: user name or password
      Serial.print("MQTT: not connected, state ");
      Serial.println(mqtt.state());
      delay(2000);
    }
  }
}
`,
      ...setupOf(
        settings,
        isSimulated,
        '  mqtt.setServer(BROKER_HOST, BROKER_PORT);',
        '  mqtt.setCallback(onMessage);',
        ...commentLines(
          '  //',
          'Bytes of a whole packet, topic and all, 256 unless set: a larger one that comes is dropped without a word, and publish() of a larger one returns false.',
        ),
        '  mqtt.setBufferSize(1024);',
        ...commentLines(
          '  //',
          `${KEEP_ALIVE_NOTE} 15 unless set. loop() sends the pings: call it more often than that.`,
        ),
        `  mqtt.setKeepAlive(${KEEP_ALIVE_SECONDS});`,
      ),
      `
void loop() {
  if (!mqtt.connected()) connectToBroker();
  mqtt.loop();

  static unsigned long publishedAtMs = 0;
  if (millis() - publishedAtMs >= 10000) {
    publishedAtMs = millis();
    char text[24];
    snprintf(text, sizeof text, "%lu", publishedAtMs / 1000);
    mqtt.publish(TOPIC_UPTIME, text);
  }
}`,
    ],
  });
  return [{ name: fileName, text }];
}
