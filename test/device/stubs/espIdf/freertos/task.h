#pragma once
#include "FreeRTOS.h"

#define tskIDLE_PRIORITY 0

typedef void (*TaskFunction_t)(void *arg);
typedef struct tskTaskControlBlock *TaskHandle_t;

BaseType_t xTaskCreate(TaskFunction_t code, const char *name, uint32_t stack_depth, void *parameters, UBaseType_t priority,
                       TaskHandle_t *created_task);
void vTaskDelay(TickType_t ticks);
