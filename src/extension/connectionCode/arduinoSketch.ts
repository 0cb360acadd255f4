/**
 * What sketches for Arduino boards begin with, whatever their MQTT library: Wi-Fi, the broker, the device's names.
 *
 * Written for an ESP32; comments say what other boards include. Pure.
 */
import { type ConnectionSettings, caPemOf, loginOf, placeholders, topicsOf } from './connectionSettings.ts';
import { CLIENT_ID_NOTE, certificateNotes, unreachableNote } from './notes.ts';
import { commentLines, cText, cTextLines, sourceOf } from './sourceText.ts';

export interface SketchOptions {
  /** What it is and needs: paragraphs of the comment at its top. */
  notes: readonly string[];
  /** `PubSubClient.h` */
  libraryHeader: string;
  /** Wokwi's, which everyone may join. */
  isSimulated: boolean;
  /** From the declaration of `mqtt`, which is built on `network`, to the end of `loop`. */
  body: readonly (string | undefined)[];
}

export function arduinoSketch(settings: ConnectionSettings, options: SketchOptions): string {
  const { host, port, clientId } = settings;
  const { notes, libraryHeader, isSimulated, body } = options;
  const topics = topicsOf(settings);
  const login = loginOf(settings);
  const caPem = caPemOf(settings);
  const unreachable = isSimulated ? undefined : unreachableNote(settings);
  return sourceOf(
    notes.flatMap((note, i) => [...(i > 0 ? ['//'] : []), ...commentLines('//', note)]),
    '#include <Arduino.h>',
    '#include <WiFi.h>  // ESP8266: ESP8266WiFi.h; MKR WiFi 1010, Nano 33 IoT: WiFiNINA.h; UNO R4 WiFi: WiFiS3.h',
    caPem && '#include <WiFiClientSecure.h>',
    `#include <${libraryHeader}>`,
    '',
    isSimulated
      ? [`const char WIFI_NAME[] = "Wokwi-GUEST";`, `const char WIFI_PASSWORD[] = "";`]
      : [
          `const char WIFI_NAME[] = ${cText(placeholders.wifiName)};  // change`,
          `const char WIFI_PASSWORD[] = ${cText(placeholders.wifiPassword)};  // change`,
        ],
    unreachable && commentLines('//', unreachable),
    `const char BROKER_HOST[] = ${cText(host)};`,
    `const uint16_t BROKER_PORT = ${port};`,
    login && [
      `const char BROKER_USERNAME[] = ${cText(login.username)};  // change`,
      `const char BROKER_PASSWORD[] = ${cText(login.password)};  // change`,
    ],
    commentLines('//', CLIENT_ID_NOTE),
    `const char CLIENT_ID[] = ${cText(clientId)};`,
    `const char TOPIC_STATUS[] = ${cText(topics.status)};`,
    `const char TOPIC_UPTIME[] = ${cText(topics.uptime)};`,
    `const char TOPIC_COMMAND[] = ${cText(topics.command)};`,
    caPem && [
      '',
      ...certificateNotes(settings, {
        more: 'On an ESP8266 it is network.setTrustAnchors(new BearSSL::X509List(CA_PEM)), and the clock must be set before: configTime(0, 0, "pool.ntp.org"). WiFiNINA and WiFiS3 keep certificates in the Wi-Fi module: WiFiSSLClient.',
        ownGoesInto:
          'network.setCertificate() and network.setPrivateKey(), as PEM; on an ESP8266 into setClientECCert() or setClientRSACert()',
      }).flatMap((note) => commentLines('//', note)),
      'const char CA_PEM[] PROGMEM =',
      ...cTextLines(caPem, '  '),
      '  ;',
    ],
    '',
    caPem ? 'WiFiClientSecure network;' : 'WiFiClient network;',
    ...body,
  );
}

/** Of every sketch: joins the Wi-Fi, once, and waits for it. */
export function setupOf(
  settings: ConnectionSettings,
  isSimulated: boolean,
  ...ofLibrary: readonly string[]
): string[] {
  return [
    'void setup() {',
    '  Serial.begin(115200);',
    // Wokwi need not scan when it is told the channel: four seconds less at each start.
    isSimulated ? '  WiFi.begin(WIFI_NAME, WIFI_PASSWORD, 6);' : '  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);',
    '  while (WiFi.status() != WL_CONNECTED) delay(200);',
    ...(settings.tls ? ['  network.setCACert(CA_PEM);'] : []),
    ...ofLibrary,
    '}',
  ];
}
