// The core for the ESP32, as far as the sketches call it. Two seconds pass each time it is asked for the time.
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include "../said.h"

#define PROGMEM

typedef bool boolean;

class IPAddress {};

class String {
public:
  String(const char *text = "") : text(text) {}
  const char *c_str() const { return text; }

private:
  const char *text;
};

class Print {
public:
  virtual ~Print() {}
  virtual size_t write(uint8_t byte) = 0;
  virtual size_t write(const uint8_t *buffer, size_t size) = 0;
  size_t print(const String &text) { return print(text.c_str()); }
  size_t print(const char text[]) { return write(reinterpret_cast<const uint8_t *>(text), strlen(text)); }
  size_t println() { return print("\n"); }
  size_t println(int number) {
    char text[12];
    snprintf(text, sizeof text, "%d", number);
    return print(text) + println();
  }
};

class HardwareSerial : public Print {
public:
  void begin(unsigned long baud) { (void)baud; }
  size_t write(uint8_t byte) override { return fputc(byte, stderr) == EOF ? 0 : 1; }
  size_t write(const uint8_t *buffer, size_t size) override { return fwrite(buffer, 1, size, stderr); }
};

extern HardwareSerial Serial;

unsigned long millis();
void delay(uint32_t ms);
