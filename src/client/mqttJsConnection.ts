/**
 * An MQTT.js client with what a connection was asked for, over streams that are made elsewhere, and which is connected when
 * it is told to: by itself it would try again for ever, in even intervals and in silence.
 */
import type { Duplex } from 'node:stream';
import { type IClientOptions, type IPublishPacket, MqttClient } from 'mqtt';
import type { ConnectParams, Will } from './clientTypes.ts';
import { ExactlyOnce, withTopicOfAlias } from './exactlyOnce.ts';
import { asBuffer, toMqttJsProperties, toMqttJsUserProperties } from './mqttJsProperties.ts';

const DEFAULT_KEEP_ALIVE_SECONDS = 30;
const CONNACK_TIMEOUT_MS = 10_000;

/**
 * @param takeStream asked at each `connect`: the stream that was opened for it.
 * @param onPublish handed each message that is delivered, once.
 */
export function createMqttJsClient(
  params: ConnectParams,
  takeStream: () => Duplex,
  onPublish: (topic: string, payload: Buffer, packet: IPublishPacket) => void,
): MqttClient {
  // Parsed: its payload is bytes.
  const handOver = (packet: IPublishPacket): void =>
    onPublish(packet.topic, packet.payload as Buffer, packet);
  const client = new MqttClient(takeStream, {
    ...optionsFor(params),
    incomingStore: new ExactlyOnce(handOver, { tellsSessions: params.protocolVersion !== 3 }),
    customHandleAcks: withTopicOfAlias,
  });
  client.on('message', (topic, payload, packet) => {
    if (packet.qos < 2) onPublish(topic, payload, packet);
  });
  return client;
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
