/**
 * Opens one MQTT.js connection, and says how that went.
 *
 * MQTT.js retries a first connection for ever and in silence; a person who waits for one wants the first answer.
 */
import { Socket } from 'node:net';
import { connect, type IClientOptions, type MqttClient, type Packet } from 'mqtt';
import type { ConnectParams, Failure, Refusal } from './clientTypes.ts';
import { connackRefusal, describeError } from './mqttJsFaults.ts';

const DEFAULT_KEEP_ALIVE_SECONDS = 30;
const CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_RECONNECT_AFTER_MS = 1_000;

/** MQTT.js takes any other for one of its own choice. */
const PROTOCOLS: readonly string[] = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

export type OpenResult = { kind: 'connected'; mqttClient: MqttClient } | Refusal | Failure;

/** Resolves with the first answer: accepted, refused, or not reached. Leaves nothing behind in the latter two. */
export function openMqttJsConnection(params: ConnectParams): Promise<OpenResult> {
  const protocol = URL.parse(params.url)?.protocol;
  if (protocol === undefined || !PROTOCOLS.includes(protocol)) {
    const message = `${params.url} is no broker's address: it looks like mqtt://192.0.2.7:1883`;
    return Promise.resolve({ kind: 'failed', message });
  }
  const mqttClient = connect(params.url, optionsFor(params));
  mqttClient.on('connect', () => sendAtOnce(mqttClient));
  return new Promise((resolve) => {
    let refused: Refusal | undefined;
    let firstError: Error | undefined;
    const onPacket = (packet: Packet): void => {
      if (packet.cmd === 'connack') refused = connackRefusal(packet);
    };
    const onError = (error: Error): void => {
      firstError ??= error;
    };
    const onConnect = (): void => settle({ kind: 'connected', mqttClient });
    const onClose = (): void => {
      mqttClient.end(true);
      const message = firstError
        ? describeError(firstError)
        : 'the broker closed the connection without an answer';
      settle(refused ?? { kind: 'failed', message });
    };
    const settle = (result: OpenResult): void => {
      mqttClient
        .off('packetreceive', onPacket)
        .off('error', onError)
        .off('connect', onConnect)
        .off('close', onClose);
      resolve(result);
    };
    mqttClient
      .on('packetreceive', onPacket)
      .on('error', onError)
      .on('connect', onConnect)
      .on('close', onClose);
  });
}

/** MQTT.js leaves Nagle's algorithm on, which holds a second request back for 40 ms. */
function sendAtOnce({ stream }: MqttClient): void {
  if (stream instanceof Socket) stream.setNoDelay(true);
}

function optionsFor(params: ConnectParams): IClientOptions {
  const { credentials, tls } = params;
  return {
    protocolVersion: 5,
    clientId: params.clientId,
    clean: true,
    keepalive: params.keepAliveSeconds ?? DEFAULT_KEEP_ALIVE_SECONDS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: params.reconnectAfterMs ?? DEFAULT_RECONNECT_AFTER_MS,
    // WorkbenchClient does it: MQTT.js would say nothing of a subscription that is refused the second time.
    resubscribe: false,
    // What is published without a connection is refused, not sent some day.
    queueQoSZero: false,
    ...(credentials === undefined ? {} : credentials),
    ...(tls ?? {}),
  };
}
