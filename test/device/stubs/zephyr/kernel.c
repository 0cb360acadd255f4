/*
 * A device that connects, is told something, has one ping answered and no other, connects again, is closed at once, and is
 * switched off while it waits to try again.
 */
#include <errno.h>
#include <stdlib.h>
#include <zephyr/net/mqtt.h>
#include <zephyr/net/socket.h>
#include "../said.h"

static struct zsock_addrinfo address;
static int64_t now_ms;
static int connections, inputs, pings;

int64_t k_uptime_get(void)
{
	return now_ms;
}

int32_t k_sleep(k_timeout_t timeout)
{
	said_number("waits", timeout.ticks);
	if (connections == 2) {
		exit(0);
	}
	return 0;
}

int zsock_getaddrinfo(const char *host, const char *service, const struct zsock_addrinfo *hints,
		      struct zsock_addrinfo **res)
{
	if (hints != NULL) {
		return -1;
	}
	said_text("host", host);
	said_text("port", service);
	*res = &address;
	return 0;
}

void zsock_freeaddrinfo(struct zsock_addrinfo *ai)
{
	if (ai != &address) {
		abort();
	}
}

int zsock_poll(struct zsock_pollfd *fds, int nfds, int timeout)
{
	if (fds->fd != 7 || fds->events != ZSOCK_POLLIN || nfds != 1 || timeout <= 0) {
		return -1;
	}
	/* CONNACK, PUBLISH, the first PINGRESP; and the end of the second connection. */
	if (inputs < 2 || (inputs == 2 && pings == 1) || connections == 2) {
		return 1;
	}
	now_ms += timeout;
	/* It does not notice. */
	if (now_ms > 3600 * MSEC_PER_SEC) {
		exit(1);
	}
	return 0;
}

int tls_credential_add(sec_tag_t tag, enum tls_credential_type type, const void *cred, size_t credlen)
{
	(void)tag;
	/* With its NUL, or it is no PEM to Mbed TLS. */
	if (type != TLS_CREDENTIAL_CA_CERTIFICATE || ((const char *)cred)[credlen - 1] != '\0') {
		return -EINVAL;
	}
	said_bytes("ca", cred, credlen - 1);
	return 0;
}

void mqtt_client_init(struct mqtt_client *client)
{
	memset(client, 0, sizeof(*client));
	client->keepalive = 30;
}

static void said_utf8(const char *name, const struct mqtt_utf8 *text)
{
	said_bytes(name, text == NULL ? (const uint8_t *)"" : text->utf8, text == NULL ? 0 : text->size);
}

int mqtt_connect(struct mqtt_client *client)
{
	connections++;
	said_utf8("clientId", &client->client_id);
	said_utf8("username", client->user_name);
	said_utf8("password", client->password);
	said_utf8("willTopic", &client->will_topic->topic);
	said_utf8("will", client->will_message);
	if (client->transport.type == MQTT_TRANSPORT_SECURE) {
		said_text("verifies", client->transport.tls.config.hostname);
		client->transport.tls.sock = 7;
		return client->transport.tls.config.sec_tag_count == 1 ? 0 : -EINVAL;
	}
	client->transport.tcp.sock = 7;
	return 0;
}

int mqtt_publish(struct mqtt_client *client, const struct mqtt_publish_param *param)
{
	(void)client;
	said_utf8(param->retain_flag ? "publishRetained" : "publish", &param->message.topic.topic);
	said_bytes("payload", param->message.payload.data, param->message.payload.len);
	return param->message_id == 0 ? -EINVAL : 0;
}

int mqtt_publish_qos1_ack(struct mqtt_client *client, const struct mqtt_puback_param *param)
{
	(void)client;
	said_number("acknowledges", param->message_id);
	return 0;
}

int mqtt_subscribe(struct mqtt_client *client, const struct mqtt_subscription_list *param)
{
	(void)client;
	said_utf8("subscribe", &param->list->topic);
	return 0;
}

int mqtt_abort(struct mqtt_client *client)
{
	(void)client;
	said_number("abortsAtMs", now_ms);
	return 0;
}

int mqtt_ping(struct mqtt_client *client)
{
	said_number("pingsAtMs", now_ms);
	client->unacked_ping++;
	pings++;
	return 0;
}

int mqtt_input(struct mqtt_client *client)
{
	struct mqtt_evt event = { .type = MQTT_EVT_CONNACK };

	if (connections == 2) {
		return -ENOTCONN;
	}
	if (inputs == 1) {
		event.type = MQTT_EVT_PUBLISH;
		event.param.publish.message.topic.topic = client->client_id;
		event.param.publish.message.topic.qos = MQTT_QOS_1_AT_LEAST_ONCE;
		event.param.publish.message.payload.len = 100;
		event.param.publish.message_id = 9;
	}
	if (inputs == 2) {
		event.type = MQTT_EVT_PINGRESP;
		client->unacked_ping--;
	}
	inputs++;
	client->evt_cb(client, &event);
	return 0;
}

int mqtt_read_publish_payload_blocking(struct mqtt_client *client, void *buffer, size_t length)
{
	(void)client;
	memset(buffer, 'x', length);
	return (int)length;
}
