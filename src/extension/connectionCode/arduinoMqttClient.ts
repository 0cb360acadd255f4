/** Arduino with ArduinoMqttClient 0.1.8, Arduino's own. Pure. */
import { arduinoSketch, setupOf } from './arduinoSketch.ts';
import { type ConnectionSettings, KEEP_ALIVE_SECONDS, type SourceFile } from './connectionSettings.ts';
import { KEEP_ALIVE_NOTE, WILL_NOTE } from './notes.ts';
import { commentLines } from './sourceText.ts';

export function arduinoMqttClient(settings: ConnectionSettings): SourceFile[] {
  const text = arduinoSketch(settings, {
    notes: [
      'Connects to the broker, says "online", and listens to commands. For ArduinoMqttClient 0.1.8 by Arduino, written for an ESP32. QoS 0, 1 and 2; with 1 and 2, endMessage() waits for the acknowledgement.',
    ],
    libraryHeader: 'ArduinoMqttClient.h',
    isSimulated: false,
    body: [
      `MqttClient mqtt(network);

void onMessage(int length) {
  Serial.print(mqtt.messageTopic());
  Serial.print(": ");
  for (int i = 0; i < length; i++) Serial.write((uint8_t)mqtt.read());
  Serial.println();
}
`,
      ...commentLines(
        '//',
        'Without its length in beginMessage(), a payload is collected first, and cut after 256 bytes (128 on AVR).',
      ),
      `void publish(const char *topic, const char *payload, bool retain) {
  mqtt.beginMessage(topic, (unsigned long)strlen(payload), retain, 1);
  mqtt.print(payload);
  mqtt.endMessage();
}

void connectToBroker() {
  while (!mqtt.connect(BROKER_HOST, BROKER_PORT)) {
    // -2: no way to the broker; -1: no answer in time; 2: client id; 4 and 5: user name or password
    Serial.print("MQTT: not connected, error ");
    Serial.println(mqtt.connectError());
    delay(2000);
  }
  publish(TOPIC_STATUS, "online", true);
  mqtt.subscribe(TOPIC_COMMAND, 1);
}
`,
      ...setupOf(
        settings,
        false,
        '  mqtt.setId(CLIENT_ID);',
        ...(settings.credentials ? ['  mqtt.setUsernamePassword(BROKER_USERNAME, BROKER_PASSWORD);'] : []),
        ...commentLines('  //', `${KEEP_ALIVE_NOTE} poll() sends the pings: call it more often than that.`),
        `  mqtt.setKeepAliveInterval(${KEEP_ALIVE_SECONDS} * 1000UL);  // milliseconds`,
        ...commentLines('  //', WILL_NOTE),
        '  mqtt.beginWill(TOPIC_STATUS, true, 1);',
        '  mqtt.print("offline");',
        '  mqtt.endWill();',
        '  mqtt.onMessage(onMessage);',
      ),
      `
void loop() {
  if (!mqtt.connected()) connectToBroker();
  mqtt.poll();

  static unsigned long publishedAtMs = 0;
  if (millis() - publishedAtMs >= 10000) {
    publishedAtMs = millis();
    char text[24];
    snprintf(text, sizeof text, "%lu", publishedAtMs / 1000);
    publish(TOPIC_UPTIME, text, false);
  }
}`,
    ],
  });
  return [{ name: 'board.ino', text }];
}
