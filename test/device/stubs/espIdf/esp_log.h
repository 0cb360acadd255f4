#pragma once
#include <stdint.h>
#include <stdio.h>

#define ESP_LOGI(tag, format, ...) fprintf(stderr, "%s: " format "\n", tag, ##__VA_ARGS__)
#define ESP_LOGW ESP_LOGI
#define ESP_LOGE ESP_LOGI

uint32_t esp_log_timestamp(void);
