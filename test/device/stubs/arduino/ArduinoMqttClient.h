// ArduinoMqttClient 0.1.8.
#pragma once
#include "Client.h"

class MqttClient : public Client {
public:
  MqttClient(Client &client) { (void)client; }

  void onMessage(void (*callback)(int)) { told = callback; }
  String messageTopic() const { return "topic"; }

  int beginMessage(const char *topic, unsigned long size, bool retain = false, uint8_t qos = 0, bool dup = false) {
    (void)size, (void)qos, (void)dup;
    said_text(retain ? "publishRetained" : "publish", topic);
    writes = "payload";
    return 1;
  }
  int beginMessage(const char *topic, bool retain = false, uint8_t qos = 0, bool dup = false) {
    return beginMessage(topic, 0xffffffffUL, retain, qos, dup);
  }
  int endMessage() { return 1; }

  int beginWill(const char *topic, unsigned short size, bool retain, uint8_t qos) {
    (void)size, (void)retain, (void)qos;
    said_text("willTopic", topic);
    writes = "will";
    return 1;
  }
  int beginWill(const char *topic, bool retain, uint8_t qos) { return beginWill(topic, 256, retain, qos); }
  int endWill() { return 1; }

  int subscribe(const char *topic, uint8_t qos = 0) {
    (void)qos;
    said_text("subscribe", topic);
    return 1;
  }
  void poll() { told(2); }

  int connect(const char *host, uint16_t port = 1883) {
    // The first attempt fails, as one does at the desk.
    if (!hasTried) return !(hasTried = true);
    said_text("host", host);
    said_number("port", port);
    isConnected = 1;
    return 1;
  }
  uint8_t connected() { return isConnected; }
  int connectError() const { return -2; }
  int read() { return 'o'; }
  size_t write(const uint8_t *buf, size_t size) override {
    said_bytes(writes, buf, size);
    return size;
  }

  void setId(const char *id) { said_text("clientId", id); }
  void setUsernamePassword(const char *username, const char *password) {
    said_text("username", username);
    said_text("password", password);
  }
  void setKeepAliveInterval(unsigned long interval) { said_number("keepAlive", static_cast<long>(interval / 1000)); }

private:
  void (*told)(int) = nullptr;
  const char *writes = "nothing";
  bool hasTried = false;
  uint8_t isConnected = 0;
};
