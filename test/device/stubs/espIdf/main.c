/*
 * A device that starts, is connected, told something, and refused once; then its task runs, and it is switched off the third
 * time that it waits. Says what it told esp-mqtt.
 */
#include <stdlib.h>
#include "../said.h"
#include "esp_log.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "mqtt_client.h"

struct esp_mqtt_client {
    esp_event_handler_t handler;
};

static struct esp_mqtt_client client;
static TaskFunction_t task;
static void *task_parameters;
static uint32_t now_ms;
static int waits;

esp_mqtt_client_handle_t mqtt_start(void);

esp_mqtt_client_handle_t esp_mqtt_client_init(const esp_mqtt_client_config_t *config)
{
    said_text("address", config->broker.address.uri);
    said_text("ca", config->broker.verification.certificate);
    said_text("clientId", config->credentials.client_id);
    said_text("username", config->credentials.username);
    said_text("password", config->credentials.authentication.password);
    said_number("keepAlive", config->session.keepalive);
    said_text("willTopic", config->session.last_will.topic);
    said_text("will", config->session.last_will.msg);
    return &client;
}

esp_err_t esp_mqtt_client_register_event(esp_mqtt_client_handle_t to, esp_mqtt_event_id_t event,
                                         esp_event_handler_t event_handler, void *event_handler_arg)
{
    (void)event_handler_arg;
    if (event != MQTT_EVENT_ANY) return 1;
    to->handler = event_handler;
    return ESP_OK;
}

static void happen(esp_mqtt_event_id_t id)
{
    esp_mqtt_error_codes_t error = { .error_type = MQTT_ERROR_TYPE_CONNECTION_REFUSED };
    char word[] = "on";
    esp_mqtt_event_t event = {
        .event_id = id, .client = &client, .topic = word, .topic_len = 2, .data = word, .data_len = 2,
        .error_handle = &error,
    };

    client.handler(NULL, "MQTT_EVENTS", id, &event);
}

esp_err_t esp_mqtt_client_start(esp_mqtt_client_handle_t started)
{
    (void)started;
    happen(MQTT_EVENT_CONNECTED);
    happen(MQTT_EVENT_DATA);
    happen(MQTT_EVENT_ERROR);
    happen(MQTT_EVENT_DISCONNECTED);
    return ESP_OK;
}

int esp_mqtt_client_publish(esp_mqtt_client_handle_t from, const char *topic, const char *data, int len, int qos, int retain)
{
    (void)from, (void)len, (void)qos;
    said_text(retain ? "publishRetained" : "publish", topic);
    said_text("payload", data);
    return 1;
}

int esp_mqtt_client_subscribe_single(esp_mqtt_client_handle_t from, const char *topic, int qos)
{
    (void)from, (void)qos;
    said_text("subscribe", topic);
    return 1;
}

int esp_mqtt_client_subscribe_multiple(esp_mqtt_client_handle_t from, const esp_mqtt_topic_t *topic_list, int size)
{
    (void)from, (void)topic_list;
    return size;
}

uint32_t esp_log_timestamp(void)
{
    return now_ms;
}

BaseType_t xTaskCreate(TaskFunction_t code, const char *name, uint32_t stack_depth, void *parameters, UBaseType_t priority,
                       TaskHandle_t *created_task)
{
    (void)name, (void)stack_depth, (void)priority, (void)created_task;
    task = code;
    task_parameters = parameters;
    return pdPASS;
}

void vTaskDelay(TickType_t ticks)
{
    if (++waits == 3) exit(0);
    now_ms += ticks * (1000 / configTICK_RATE_HZ);
}

int main(void)
{
    if (mqtt_start() != &client || task_parameters != &client) return 1;
    task(task_parameters);
    return 1;
}
