// PubSubClient 2.8.
#pragma once
#include <functional>
#include "Client.h"

#define MQTT_CALLBACK_SIGNATURE std::function<void(char *, uint8_t *, unsigned int)> callback

class PubSubClient : public Print {
public:
  PubSubClient(Client &client) { (void)client; }

  PubSubClient &setServer(const char *domain, uint16_t port) {
    said_text("host", domain);
    said_number("port", port);
    return *this;
  }
  PubSubClient &setCallback(MQTT_CALLBACK_SIGNATURE) {
    told = callback;
    return *this;
  }
  PubSubClient &setKeepAlive(uint16_t keepAlive) {
    said_number("keepAlive", keepAlive);
    return *this;
  }
  boolean setBufferSize(uint16_t size) { return size > 0; }

  boolean connect(const char *id, const char *user, const char *pass, const char *willTopic, uint8_t willQos,
                  boolean willRetain, const char *willMessage) {
    (void)willQos, (void)willRetain;
    // The first attempt fails, as one does at the desk.
    if (!hasTried) return !(hasTried = true);
    said_text("clientId", id);
    said_text("username", user);
    said_text("password", pass);
    said_text("willTopic", willTopic);
    said_text("will", willMessage);
    return isConnected = true;
  }
  boolean publish(const char *topic, const char *payload) { return publish(topic, payload, false); }
  boolean publish(const char *topic, const char *payload, boolean retained) {
    said_text(retained ? "publishRetained" : "publish", topic);
    said_text("payload", payload);
    return true;
  }
  boolean subscribe(const char *topic, uint8_t qos) {
    (void)qos;
    said_text("subscribe", topic);
    return true;
  }
  boolean loop() {
    char topic[] = "topic";
    uint8_t payload[] = {'o', 'n'};
    told(topic, payload, sizeof payload);
    return true;
  }
  boolean connected() { return isConnected; }
  int state() { return -2; }

  size_t write(uint8_t) override { return 1; }
  size_t write(const uint8_t *, size_t size) override { return size; }

private:
  std::function<void(char *, uint8_t *, unsigned int)> told;
  bool hasTried = false;
  bool isConnected = false;
};
