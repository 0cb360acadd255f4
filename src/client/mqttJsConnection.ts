/**
 * An MQTT.js client with what a connection was asked for, over streams that are made elsewhere, and which is connected when
 * it is told to: by itself it would try again for ever, in even intervals and in silence.
 */
import type { Duplex } from 'node:stream';
import { type IClientOptions, MqttClient } from 'mqtt';
import type { ConnectParams, Will } from './clientTypes.ts';
import { asBuffer, toMqttJsProperties, toMqttJsUserProperties } from './mqttJsProperties.ts';

const DEFAULT_KEEP_ALIVE_SECONDS = 30;
const CONNACK_TIMEOUT_MS = 10_000;

/** @param takeStream asked at each `connect`: the stream that was opened for it. */
export function createMqttJsClient(params: ConnectParams, takeStream: () => Duplex): MqttClient {
  return new MqttClient(takeStream, optionsFor(params));
}

function optionsFor(params: ConnectParams): IClientOptions {
  const { credentials, will } = params;
  const protocolVersion = params.protocolVersion ?? 5;
  return {
    protocolVersion,
    protocolId: protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
    clientId: params.clientId,
    clean: params.cleanStart ?? true,
    keepalive: params.keepAliveSeconds ?? DEFAULT_KEEP_ALIVE_SECONDS,
    connectTimeout: CONNACK_TIMEOUT_MS,
    manualConnect: true,
    reconnectPeriod: 0,
    // WorkbenchClient does it: MQTT.js would say nothing of a subscription that is refused the second time.
    resubscribe: false,
    // What is published without a connection is refused, not sent some day.
    queueQoSZero: false,
    // Called several times for each packet.
    log: () => {},
    ...(protocolVersion === 5 && { properties: connectPropertiesOf(params) }),
    ...(credentials ?? {}),
    ...(will !== undefined && { will: willFor(will, protocolVersion) }),
  };
}

function connectPropertiesOf({
  sessionExpiryIntervalSeconds,
  connectProperties = {},
}: ConnectParams): NonNullable<IClientOptions['properties']> {
  const { userProperties, ...others } = connectProperties;
  return {
    ...others,
    ...(sessionExpiryIntervalSeconds !== undefined && {
      sessionExpiryInterval: sessionExpiryIntervalSeconds,
    }),
    ...(userProperties !== undefined &&
      userProperties.length > 0 && { userProperties: toMqttJsUserProperties(userProperties) }),
  };
}

function willFor(will: Will, protocolVersion: number): NonNullable<IClientOptions['will']> {
  const { topic, payload, qos, retain, delayIntervalSeconds, properties = {} } = will;
  return {
    ...{ topic, payload: asBuffer(payload), qos, retain },
    ...(protocolVersion === 5 && {
      properties: {
        ...toMqttJsProperties(properties),
        ...(delayIntervalSeconds !== undefined && { willDelayInterval: delayIntervalSeconds }),
      },
    }),
  };
}
