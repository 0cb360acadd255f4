/** A run of real clients over TCP, TLS and WebSocket, in 3.1.1 and 5.0, and every packet of it as the broker saw it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type { ConnectionInfo } from '../../src/broker/observer.ts';
import type { ListenerConfiguration, TlsConfiguration } from '../../src/configuration/brokerConfiguration.ts';
import { openBroker } from '../../src/engine/openBroker.ts';
import type { ProtocolVersion } from '../../src/mqtt/packets.ts';
import type { CaptureRecord } from '../../src/trace/capture/pcapngExport.ts';
import { tlsFixture } from '../support/tlsFixtures.ts';

export type Kind = 'mqtt' | 'mqtts' | 'ws';

export interface TracedRecord extends CaptureRecord {
  readonly protocolVersion: ProtocolVersion;
}

export interface TracedBroker {
  readonly records: readonly TracedRecord[];
  port(kind: Kind): number;
}

/** A broker with a listener of each kind, whose every packet is written down. */
export async function openTracedBroker(t: TestContext): Promise<TracedBroker> {
  const records: TracedRecord[] = [];
  const ports = new Map<string, number>();
  const keep = (
    direction: 'in' | 'out',
    { connectionId, transportKind, remoteAddress }: ConnectionInfo,
    { bytes, protocolVersion }: { bytes: Uint8Array; protocolVersion: ProtocolVersion },
  ): void => {
    records.push({
      ...{ atMs: performance.timeOrigin + performance.now(), direction, connectionId, remoteAddress },
      ...{ localAddress: `127.0.0.1:${ports.get(transportKind)}`, about: transportKind, protocolVersion },
      bytes: Buffer.from(bytes),
    });
  };
  const at = { host: '127.0.0.1', port: 0 };
  const tls: TlsConfiguration = {
    ...{ cert: tlsFixture('server.crt'), key: tlsFixture('server.key'), clientCertificate: 'none' },
    ...{ commonNameAsUser: false, minTlsVersion: '1.2' },
  };
  const listeners: ListenerConfiguration[] = [
    { kind: 'mqtt', ...at },
    { kind: 'mqtts', ...at, tls },
    { kind: 'ws', ...at },
  ];
  const result = await openBroker(
    { listeners, limits: {} },
    {
      observer: {
        packetReceived: (connection, packet) => keep('in', connection, packet),
        packetSent: (connection, packet) => keep('out', connection, packet),
      },
    },
  );
  if (result.kind !== 'opened') assert.fail(`the broker: ${result.kind}`);
  t.after(() => result.opened.stop());
  for (const { info } of result.opened.listeners) if ('port' in info) ports.set(info.kind, info.port);
  return { records, port: (kind) => ports.get(kind)! }; // each was opened
}

/** Text, what is none, and more than a segment. */
const allPayloads: readonly (string | Buffer)[] = [
  '21.5',
  Buffer.from([0, 1, 0xff, 0xfe]),
  'x'.repeat(50_000),
];

/** Two clients of a kind and version, and messages between them of every QoS. Resolves when both have gone. */
export async function talk(
  t: TestContext,
  broker: TracedBroker,
  kind: Kind,
  protocolVersion: 4 | 5,
  payloads = allPayloads,
): Promise<void> {
  const name = `${kind}${protocolVersion}`;
  const subscriber = await connectTo(t, broker, kind, {
    protocolVersion,
    clientId: `${name}-sub`,
    keepalive: 30,
  });
  const publisher = await connectTo(t, broker, kind, {
    ...{ protocolVersion, clientId: `${name}-pub`, username: 'me', password: 'secret', keepalive: 90 },
    will: { topic: `${name}/gone`, payload: Buffer.from('gone'), qos: 1, retain: true },
    ...(protocolVersion === 5 && { properties: { sessionExpiryInterval: 3600, receiveMaximum: 20 } }),
  });
  await subscriber.subscribeAsync([`${name}/#`, `${name}/küche/+`], { qos: 2 });
  const arrived = arrivals(subscriber, 3 * payloads.length);
  for (const qos of [0, 1, 2] as const) {
    for (const [index, payload] of payloads.entries()) {
      await publisher.publishAsync(`${name}/küche/${qos}`, payload, {
        ...{ qos, retain: index === 0 },
        ...(protocolVersion === 5 && {
          properties: {
            messageExpiryInterval: 60,
            contentType: 'text/plain',
            userProperties: { unit: '°C' },
          },
        }),
      });
    }
  }
  await arrived;
  await subscriber.unsubscribeAsync(`${name}/#`);
  await publisher.endAsync();
  await subscriber.endAsync();
}

export async function connectTo(
  t: TestContext,
  broker: TracedBroker,
  kind: Kind,
  options: IClientOptions,
): Promise<MqttClient> {
  const client = await connectAsync(`${kind}://127.0.0.1:${broker.port(kind)}`, {
    ...{ reconnectPeriod: 0, ca: readFileSync(tlsFixture('ca.crt')) },
    ...options,
  });
  t.after(() => client.endAsync());
  return client;
}

function arrivals(client: MqttClient, count: number): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    client.on('message', () => {
      if (--left === 0) resolve();
    });
  });
}
