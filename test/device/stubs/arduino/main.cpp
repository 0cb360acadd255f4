// A board that runs its sketch for a few rounds.
#include <WiFi.h>

HardwareSerial Serial;
WiFiClass WiFi;

void setup();
void loop();

static unsigned long nowMs = 0;

unsigned long millis() { return nowMs += 2000; }
void delay(uint32_t ms) { nowMs += ms; }

int main() {
  setup();
  for (int round = 0; round < 8; round++) loop();
  return 0;
}
