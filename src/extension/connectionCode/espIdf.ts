/** ESP-IDF with esp-mqtt: 1.2 of the component registry for ESP-IDF 6, the same calls in ESP-IDF 5. Pure. */
import { hostAndPort } from '../../base/networkAddress.ts';
import {
  type ConnectionSettings,
  caPemOf,
  KEEP_ALIVE_SECONDS,
  loginOf,
  type SourceFile,
  topicsOf,
} from './connectionSettings.ts';
import { CLIENT_ID_NOTE, certificateNotes, KEEP_ALIVE_NOTE, unreachableNote, WILL_NOTE } from './notes.ts';
import { blockComment, cText, cTextLines, sourceOf } from './sourceText.ts';

export function espIdf(settings: ConnectionSettings): SourceFile[] {
  const { host, port, clientId } = settings;
  const topics = topicsOf(settings);
  const login = loginOf(settings);
  const caPem = caPemOf(settings);
  const uri = `${caPem === undefined ? 'mqtt' : 'mqtts'}://${hostAndPort(host, port)}`;
  const unreachable = unreachableNote(settings);
  const text = sourceOf(
    blockComment(
      'Connects to the broker, says "online", and listens to commands.',
      'For esp-mqtt 1.2 with ESP-IDF 6: idf.py add-dependency "espressif/mqtt". ESP-IDF 5 has esp-mqtt in it.',
      'Call mqtt_start() when the device has an address, as on IP_EVENT_STA_GOT_IP. esp-mqtt reconnects by itself.',
    ),
    '#include <stdint.h>',
    '#include <stdio.h>',
    '#include "esp_err.h"',
    '#include "esp_event.h"',
    '#include "esp_log.h"',
    '#include "freertos/FreeRTOS.h"',
    '#include "freertos/task.h"',
    '#include "mqtt_client.h"',
    '',
    unreachable && blockComment(unreachable),
    `#define BROKER_URI ${cText(uri)}`,
    login && [
      `#define BROKER_USERNAME ${cText(login.username)} /* change */`,
      `#define BROKER_PASSWORD ${cText(login.password)} /* change */`,
    ],
    blockComment(CLIENT_ID_NOTE),
    `#define CLIENT_ID ${cText(clientId)}`,
    `#define TOPIC_STATUS ${cText(topics.status)}`,
    `#define TOPIC_UPTIME ${cText(topics.uptime)}`,
    `#define TOPIC_COMMAND ${cText(topics.command)}`,
    caPem && [
      '',
      ...blockComment(
        ...certificateNotes(settings, {
          more: 'Addresses in certificates are compared by Mbed TLS 3.5 and newer (ESP-IDF 5.2). Dates are, with CONFIG_MBEDTLS_HAVE_TIME_DATE: then set the clock by SNTP first.',
          ownGoesInto: '.credentials.authentication.certificate and .key, as PEM',
        }),
      ),
      'static const char ca_pem[] =',
      ...cTextLines(caPem, '    '),
      '    ;',
    ],
    '',
    'static const char *TAG = "mqtt";',
    '',
    `static void on_mqtt_event(void *arg, esp_event_base_t base, int32_t event_id, void *event_data)
{
    esp_mqtt_event_handle_t event = event_data;
    (void)arg;
    (void)base;
    switch ((esp_mqtt_event_id_t)event_id) {
    case MQTT_EVENT_CONNECTED:
        esp_mqtt_client_publish(event->client, TOPIC_STATUS, "online", 0, 1, 1);
        esp_mqtt_client_subscribe(event->client, TOPIC_COMMAND, 1);
        break;
    case MQTT_EVENT_DATA:
        /* One that is larger than buffer.size comes in parts: see current_data_offset and total_data_len. */
        ESP_LOGI(TAG, "%.*s: %.*s", event->topic_len, event->topic, event->data_len, event->data);
        break;
    case MQTT_EVENT_DISCONNECTED:
        ESP_LOGW(TAG, "disconnected");
        break;
    case MQTT_EVENT_ERROR:
        if (event->error_handle->error_type == MQTT_ERROR_TYPE_CONNECTION_REFUSED) {
            /* 2: client id, 4 and 5: user name or password */
            ESP_LOGE(TAG, "refused by the broker, code %d", (int)event->error_handle->connect_return_code);
        } else {
            ESP_LOGE(TAG, "no connection: errno %d, TLS %d, certificate flags %d",
                     event->error_handle->esp_transport_sock_errno,
                     event->error_handle->esp_tls_stack_err,
                     event->error_handle->esp_tls_cert_verify_flags);
        }
        break;
    default:
        break;
    }
}

/* Publishing works from any task. With QoS 0 it fails while there is no connection, and keeps nothing for later. */
static void publish_uptime(void *client)
{
    char text[24];

    for (;;) {
        vTaskDelay(pdMS_TO_TICKS(10000));
        snprintf(text, sizeof text, "%lu", (unsigned long)(esp_log_timestamp() / 1000));
        esp_mqtt_client_publish(client, TOPIC_UPTIME, text, 0, 0, 0);
    }
}`,
    '',
    blockComment('Returns the client, or NULL. Call it once.'),
    `esp_mqtt_client_handle_t mqtt_start(void)
{
    const esp_mqtt_client_config_t config = {
        .broker.address.uri = BROKER_URI,`,
    caPem && '        .broker.verification.certificate = ca_pem,',
    '        .credentials.client_id = CLIENT_ID,',
    login && [
      '        .credentials.username = BROKER_USERNAME,',
      '        .credentials.authentication.password = BROKER_PASSWORD,',
    ],
    `        /* ${KEEP_ALIVE_NOTE}`,
    '         * esp-mqtt pings after half of it. */',
    `        .session.keepalive = ${KEEP_ALIVE_SECONDS},`,
    `        /* ${WILL_NOTE} */`,
    `        .session.last_will.topic = TOPIC_STATUS,
        .session.last_will.msg = "offline",
        .session.last_will.qos = 1,
        .session.last_will.retain = 1,
        /* Bytes of the longest part of a message that MQTT_EVENT_DATA hands over. */
        .buffer.size = 1024,
    };
    esp_mqtt_client_handle_t client = esp_mqtt_client_init(&config);
    if (client == NULL) {
        return NULL;
    }
    ESP_ERROR_CHECK(esp_mqtt_client_register_event(client, MQTT_EVENT_ANY, on_mqtt_event, NULL));
    ESP_ERROR_CHECK(esp_mqtt_client_start(client));
    xTaskCreate(publish_uptime, "uptime", 3072, client, tskIDLE_PRIORITY + 1, NULL);
    return client;
}`,
  );
  return [{ name: 'main/mqtt_start.c', text }];
}
