#pragma once
#include "Arduino.h"

class Client : public Print {
public:
  size_t write(uint8_t byte) override { return write(&byte, 1); }
  size_t write(const uint8_t *, size_t size) override { return size; }
};
