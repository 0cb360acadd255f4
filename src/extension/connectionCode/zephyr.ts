/**
 * Zephyr's MQTT library, with its Kconfig: for 4.4, which renamed what Mbed TLS is configured by.
 *
 * 4.4 renamed the network's types too: the code does without them (`zsock_getaddrinfo`, no `sockaddr_in`). Pure.
 */
import {
  type ConnectionSettings,
  caPemOf,
  KEEP_ALIVE_SECONDS,
  loginOf,
  type SourceFile,
  topicsOf,
} from './connectionSettings.ts';
import { CLIENT_ID_NOTE, certificateNotes, KEEP_ALIVE_NOTE, unreachableNote, WILL_NOTE } from './notes.ts';
import { blockComment, commentLines, cText, cTextLines, sourceOf } from './sourceText.ts';

export function zephyr(settings: ConnectionSettings): SourceFile[] {
  return [
    { name: 'src/main.c', text: mainText(settings) },
    { name: 'prj.conf', text: kconfigText(settings) },
  ];
}

function mainText(settings: ConnectionSettings): string {
  const { host, port, clientId } = settings;
  const topics = topicsOf(settings);
  const login = loginOf(settings);
  const caPem = caPemOf(settings);
  const unreachable = unreachableNote(settings);
  return sourceOf(
    blockComment(
      'Connects to the broker, says "online", and listens to commands. For the MQTT library of Zephyr 4.4, with the prj.conf beside it.',
    ),
    '#include <errno.h>',
    '#include <stdbool.h>',
    '#include <stdio.h>',
    '#include <string.h>',
    '#include <zephyr/kernel.h>',
    '#include <zephyr/logging/log.h>',
    '#include <zephyr/net/mqtt.h>',
    '#include <zephyr/net/socket.h>',
    caPem && '#include <zephyr/net/tls_credentials.h>',
    '',
    'LOG_MODULE_REGISTER(board, LOG_LEVEL_INF);',
    '',
    unreachable && blockComment(unreachable),
    `#define BROKER_HOST ${cText(host)}`,
    `#define BROKER_PORT "${port}"`,
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
          ownGoesInto:
            'tls_credential_add() with CA_TAG, as TLS_CREDENTIAL_PUBLIC_CERTIFICATE and TLS_CREDENTIAL_PRIVATE_KEY',
        }),
      ),
      'static const char ca_pem[] =',
      ...cTextLines(caPem, '\t'),
      '\t;',
      '#define CA_TAG 1',
      'static const sec_tag_t sec_tags[] = { CA_TAG };',
    ],
    '',
    '#define TEXT(literal) { .utf8 = (const uint8_t *)(literal), .size = sizeof(literal) - 1 }',
    '',
    login && [
      'static struct mqtt_utf8 username = TEXT(BROKER_USERNAME);',
      'static struct mqtt_utf8 password = TEXT(BROKER_PASSWORD);',
    ],
    blockComment(WILL_NOTE),
    'static struct mqtt_topic will_topic = { .topic = TEXT(TOPIC_STATUS), .qos = MQTT_QOS_1_AT_LEAST_ONCE };',
    'static struct mqtt_utf8 will_message = TEXT("offline");',
    '',
    blockComment('A packet must fit in, but for the payload of one that comes: that is read in parts.'),
    `static uint8_t rx_buffer[256];
static uint8_t tx_buffer[512];
static struct mqtt_client client;
static uint16_t message_id;

/* When the last one was sent, in milliseconds since the start. */
static int64_t pinged_at;
static int64_t published_at;

/* Never 0. */
static uint16_t next_message_id(void)
{
	message_id++;
	return message_id == 0 ? ++message_id : message_id;
}

static int publish(const char *topic, const char *payload, bool retain)
{
	struct mqtt_publish_param param = {
		.message.topic.topic.utf8 = (const uint8_t *)topic,
		.message.topic.topic.size = strlen(topic),
		.message.topic.qos = MQTT_QOS_1_AT_LEAST_ONCE,
		.message.payload.data = (uint8_t *)payload,
		.message.payload.len = strlen(payload),
		.message_id = next_message_id(),
		.retain_flag = retain,
	};

	return mqtt_publish(&client, &param);
}

static int subscribe_to_commands(void)
{
	struct mqtt_topic topic = { .topic = TEXT(TOPIC_COMMAND), .qos = MQTT_QOS_1_AT_LEAST_ONCE };
	const struct mqtt_subscription_list list = {
		.list = &topic,
		.list_count = 1,
		.message_id = next_message_id(),
	};

	return mqtt_subscribe(&client, &list);
}

/* The payload must be read to its end here, or nothing else can be. */
static void on_message(const struct mqtt_publish_param *message)
{
	uint32_t left = message->message.payload.len;
	char part[65];

	LOG_INF("%.*s:", (int)message->message.topic.topic.size,
		(const char *)message->message.topic.topic.utf8);
	while (left > 0) {
		int length = mqtt_read_publish_payload_blocking(&client, part, MIN(left, sizeof(part) - 1));

		if (length <= 0) {
			LOG_ERR("payload not read: %d", length);
			return;
		}
		part[length] = '\\0';
		LOG_INF("%s", part);
		left -= length;
	}
	if (message->message.topic.qos == MQTT_QOS_1_AT_LEAST_ONCE) {
		const struct mqtt_puback_param ack = { .message_id = message->message_id };

		(void)mqtt_publish_qos1_ack(&client, &ack);
	}
}

static void on_event(struct mqtt_client *from, const struct mqtt_evt *event)
{
	ARG_UNUSED(from);
	switch (event->type) {
	case MQTT_EVT_CONNACK:
		if (event->result != 0) {
			/* 2: client id, 4 and 5: user name or password */
			LOG_ERR("refused by the broker, code %d", event->param.connack.return_code);
			break;
		}
		(void)publish(TOPIC_STATUS, "online", true);
		(void)subscribe_to_commands();
		break;
	case MQTT_EVT_PUBLISH:
		on_message(&event->param.publish);
		break;
	case MQTT_EVT_DISCONNECT:
		LOG_WRN("disconnected: %d", event->result);
		break;
	default:
		break;
	}
}

/*
 * A ping each half of the keep alive, whatever else is sent: mqtt_live() sends none to a broker that
 * is published to, and leaves it to the program to see that one has no answer. Before CONNACK this
 * fails, which ends a connection that has none.
 */
static int send_what_is_due(void)
{
	int64_t now = k_uptime_get();
	char uptime[12];
	int err = 0;

	if (now - pinged_at >= client.keepalive * MSEC_PER_SEC / 2) {
		if (client.unacked_ping > 0) {
			return -ETIMEDOUT;
		}
		pinged_at = now;
		err = mqtt_ping(&client);
	}
	if (err == 0 && now - published_at >= 10 * MSEC_PER_SEC) {
		published_at = now;
		snprintf(uptime, sizeof(uptime), "%u", (unsigned int)(now / MSEC_PER_SEC));
		err = publish(TOPIC_UPTIME, uptime, false);
	}
	return err;
}

/* Returns when the connection is lost, or there was none: with the reason, a negative errno. */
static int stay_connected(void)
{
	struct zsock_addrinfo *address;
	struct zsock_pollfd fd = { .events = ZSOCK_POLLIN };
	int err;

	if (zsock_getaddrinfo(BROKER_HOST, BROKER_PORT, NULL, &address) != 0) {
		return -EHOSTUNREACH;
	}
	mqtt_client_init(&client);
	client.broker = address->ai_addr;
	client.evt_cb = on_event;
	client.client_id.utf8 = (const uint8_t *)CLIENT_ID;
	client.client_id.size = sizeof(CLIENT_ID) - 1;`,
    login && ['\tclient.user_name = &username;', '\tclient.password = &password;'],
    `	client.will_topic = &will_topic;
	client.will_message = &will_message;
	client.will_retain = 1;
	client.protocol_version = MQTT_VERSION_3_1_1;
	client.rx_buf = rx_buffer;
	client.rx_buf_size = sizeof(rx_buffer);
	client.tx_buf = tx_buffer;
	client.tx_buf_size = sizeof(tx_buffer);`,
    caPem
      ? `	client.transport.type = MQTT_TRANSPORT_SECURE;
	client.transport.tls.config.peer_verify = 2; /* required */
	client.transport.tls.config.sec_tag_list = sec_tags;
	client.transport.tls.config.sec_tag_count = ARRAY_SIZE(sec_tags);
	client.transport.tls.config.hostname = BROKER_HOST;`
      : '	client.transport.type = MQTT_TRANSPORT_NON_SECURE;',
    '',
    '\terr = mqtt_connect(&client);',
    `\tfd.fd = client.transport.${caPem ? 'tls' : 'tcp'}.sock;`,
    `	pinged_at = published_at = k_uptime_get();
	while (err == 0) {
		int ready = zsock_poll(&fd, 1, MSEC_PER_SEC);

		if (ready < 0) {
			err = -errno;
		} else if (ready > 0) {
			err = mqtt_input(&client);
		}
		if (err == 0) {
			err = send_what_is_due();
		}
	}
	(void)mqtt_abort(&client);
	zsock_freeaddrinfo(address);
	return err;
}

int main(void)
{`,
    caPem && [
      '\t/* With the NUL at the end of a PEM, which Mbed TLS wants. */',
      '\tint added = tls_credential_add(CA_TAG, TLS_CREDENTIAL_CA_CERTIFICATE, ca_pem, sizeof(ca_pem));',
      '',
      '\tif (added < 0) {',
      '\t\tLOG_ERR("CA not added: %d", added);',
      '\t\treturn added;',
      '\t}',
    ],
    `	for (;;) {
		LOG_WRN("no connection: %d", stay_connected());
		k_sleep(K_SECONDS(5));
	}
}`,
  );
}

function kconfigText(settings: ConnectionSettings): string {
  const isIpv6 = settings.host.includes(':');
  const isName = !isIpv6 && !/^[\d.]+$/.test(settings.host);
  return sourceOf(
    '# The network. Your board adds its own: CONFIG_WIFI, a modem, Ethernet.',
    'CONFIG_NETWORKING=y',
    isIpv6 ? 'CONFIG_NET_IPV6=y' : ['CONFIG_NET_IPV4=y', 'CONFIG_NET_DHCPV4=y'],
    'CONFIG_NET_TCP=y',
    'CONFIG_NET_SOCKETS=y',
    isName && 'CONFIG_DNS_RESOLVER=y',
    '# Waits at the start until there is an address.',
    'CONFIG_NET_CONFIG_SETTINGS=y',
    `CONFIG_NET_CONFIG_NEED_IPV${isIpv6 ? 6 : 4}=y`,
    '',
    'CONFIG_MQTT_LIB=y',
    commentLines('#', KEEP_ALIVE_NOTE),
    `CONFIG_MQTT_KEEPALIVE=${KEEP_ALIVE_SECONDS}`,
    'CONFIG_LOG=y',
    `CONFIG_MAIN_STACK_SIZE=${settings.tls ? 8192 : 2048}`,
    settings.tls && [
      '',
      ...commentLines(
        '#',
        'TLS, in the names of Zephyr 4.4 and newer. Before it, CONFIG_MBEDTLS_PEM_CERTIFICATE_FORMAT and CONFIG_MBEDTLS_SERVER_NAME_INDICATION, and ciphers are chosen by CONFIG_MBEDTLS_KEY_EXCHANGE_*.',
      ),
      'CONFIG_MQTT_LIB_TLS=y',
      'CONFIG_NET_SOCKETS_SOCKOPT_TLS=y',
      'CONFIG_TLS_CREDENTIALS=y',
      'CONFIG_MBEDTLS=y',
      'CONFIG_MBEDTLS_ENABLE_HEAP=y',
      'CONFIG_MBEDTLS_HEAP_SIZE=40000',
      'CONFIG_MBEDTLS_PEM_PARSE_C=y',
      'CONFIG_MBEDTLS_SSL_SERVER_NAME_INDICATION=y',
      ...commentLines('#', "One for each kind of key that the broker's certificate may have: RSA, EC."),
      'CONFIG_MBEDTLS_CIPHERSUITE_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256=y',
      'CONFIG_MBEDTLS_CIPHERSUITE_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256=y',
      ...commentLines(
        '#',
        'A handshake that fails for its size: a record must hold the certificates of the broker. CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN, in 4.3 and older CONFIG_MBEDTLS_SSL_MAX_CONTENT_LEN.',
      ),
    ],
  );
}
