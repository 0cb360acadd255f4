#pragma once
#include "Client.h"

typedef enum { WL_IDLE_STATUS = 0, WL_CONNECTED = 3 } wl_status_t;

class WiFiClient : public Client {};

class WiFiClass {
public:
  wl_status_t begin(const char *ssid, const char *passphrase = nullptr, int32_t channel = 0) {
    said_text("wifi", ssid);
    said_text("wifiPassword", passphrase);
    said_number("channel", channel);
    return WL_CONNECTED;
  }
  wl_status_t status() { return WL_CONNECTED; }
};

extern WiFiClass WiFi;
