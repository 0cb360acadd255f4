/** C on Linux with libmosquitto 2.0, for gateways and for trying things at the desk. Pure. */
import {
  type ConnectionSettings,
  caPemOf,
  KEEP_ALIVE_SECONDS,
  loginOf,
  type SourceFile,
  topicsOf,
} from './connectionSettings.ts';
import { CLIENT_ID_NOTE, certificateNotes, KEEP_ALIVE_NOTE, WILL_NOTE } from './notes.ts';
import { blockComment, cText, sourceOf } from './sourceText.ts';

export function libmosquitto(settings: ConnectionSettings): SourceFile[] {
  const { host, port, clientId } = settings;
  const topics = topicsOf(settings);
  const login = loginOf(settings);
  const caPem = caPemOf(settings);
  const text = sourceOf(
    blockComment(
      'Connects to the broker, says "online", and listens to commands. For libmosquitto 2.0 (Debian: libmosquitto-dev): cc board.c -o board -lmosquitto',
    ),
    '#define _POSIX_C_SOURCE 200809L /* clock_gettime(), also with -std=c11 */',
    '#include <mosquitto.h>',
    '#include <stdbool.h>',
    '#include <stdio.h>',
    '#include <time.h>',
    '#include <unistd.h>',
    '',
    `#define BROKER_HOST ${cText(host)}`,
    `#define BROKER_PORT ${port}`,
    login && [
      `#define BROKER_USERNAME ${cText(login.username)} /* change */`,
      `#define BROKER_PASSWORD ${cText(login.password)} /* change */`,
    ],
    blockComment(CLIENT_ID_NOTE),
    `#define CLIENT_ID ${cText(clientId)}`,
    `#define TOPIC_STATUS ${cText(topics.status)}`,
    `#define TOPIC_UPTIME ${cText(topics.uptime)}`,
    `#define TOPIC_COMMAND ${cText(topics.command)}`,
    blockComment(KEEP_ALIVE_NOTE),
    `#define KEEP_ALIVE ${KEEP_ALIVE_SECONDS}`,
    caPem && [
      ...blockComment(
        ...certificateNotes(settings, {
          more: 'It is in a file.',
          ownGoesInto: 'mosquitto_tls_set() in place of the second and third NULL, as files',
        }),
      ),
      '#define CA_FILE "ca.crt"',
    ],
    '',
    `static void on_connect(struct mosquitto *client, void *context, int code)
{
    (void)context;
    if (code != 0) {
        fprintf(stderr, "refused by the broker: %s\\n", mosquitto_connack_string(code));
        return;
    }
    mosquitto_publish(client, NULL, TOPIC_STATUS, 6, "online", 1, true);
    mosquitto_subscribe(client, NULL, TOPIC_COMMAND, 1);
}

static void on_message(struct mosquitto *client, void *context, const struct mosquitto_message *message)
{
    (void)client;
    (void)context;
    printf("%s: %.*s\\n", message->topic, message->payloadlen, (const char *)message->payload);
    fflush(stdout);
}

static long seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* Pings, and reconnects when the connection is lost. */
static void stay_connected(struct mosquitto *client)
{
    const long started_at = seconds();
    long publish_at = started_at;

    for (;;) {
        /* Waits for a second at most. */
        int err = mosquitto_loop(client, 1000, 1);

        if (err != MOSQ_ERR_SUCCESS) {
            fprintf(stderr, "no connection: %s\\n", mosquitto_strerror(err));
            sleep(2);
            mosquitto_reconnect(client);
        } else if (seconds() >= publish_at) {
            char text[24];
            int length = snprintf(text, sizeof text, "%ld", seconds() - started_at);

            mosquitto_publish(client, NULL, TOPIC_UPTIME, length, text, 0, false);
            publish_at = seconds() + 10;
        }
    }
}

static int connect_to_broker(struct mosquitto *client)
{
    int err = MOSQ_ERR_SUCCESS;

    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_message_callback_set(client, on_message);`,
    login && [
      '    err = mosquitto_username_pw_set(client, BROKER_USERNAME, BROKER_PASSWORD);',
      '    if (err != MOSQ_ERR_SUCCESS) return err;',
    ],
    caPem && [
      '    err = mosquitto_tls_set(client, CA_FILE, NULL, NULL, NULL, NULL);',
      '    if (err != MOSQ_ERR_SUCCESS) return err;',
    ],
    `    /* ${WILL_NOTE} */`,
    `    err = mosquitto_will_set(client, TOPIC_STATUS, 7, "offline", 1, true);
    if (err != MOSQ_ERR_SUCCESS) return err;
    return mosquitto_connect(client, BROKER_HOST, BROKER_PORT, KEEP_ALIVE);
}

int main(void)
{
    struct mosquitto *client;
    int err;

    mosquitto_lib_init();
    client = mosquitto_new(CLIENT_ID, true, NULL);
    if (client == NULL) return 1;
    err = connect_to_broker(client);
    if (err == MOSQ_ERR_SUCCESS) stay_connected(client);
    fprintf(stderr, "%s\\n", mosquitto_strerror(err));
    mosquitto_destroy(client);
    mosquitto_lib_cleanup();
    return 1;
}`,
  );
  return [{ name: 'board.c', text }, ...(caPem ? [{ name: 'ca.crt', text: caPem }] : [])];
}
