/**
 * A run of real clients over TCP, TLS, WebSocket and both, in 3.1.1 and 5.0, against the engine as the editor has it, with
 * the trace on; and what the Packets view is given of it, or of a capture.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type {
  ExportTraceResult,
  OpenCaptureResult,
  PacketDetail,
  PacketQuery,
  PacketsView,
} from '../../src/contracts/trace.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Owner } from '../support/program.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tlsFixture } from '../support/tlsFixtures.ts';

export const kinds = ['mqtt', 'mqtts', 'ws', 'wss'] as const;
export type Kind = (typeof kinds)[number];

/** Its own for each kind: a system gives one port of a client to connections with several addresses, or ports, at once. */
export const hosts = { mqtt: '127.0.0.1', mqtts: '127.0.0.2', ws: '127.0.0.3', wss: '127.0.0.4' } as const;

const limits = { maxPacketBytes: 1_048_576, maxConnections: 100, historyBytes: 1_048_576 };
const budgetBytes = 64 * 1_048_576;
/** More would be cut. */
const ROWS_AT_ONCE = 500;

export class TracingEngine {
  readonly #engine = new Engine({ version: '1.2.3', limits });
  readonly #ports = new Map<string, number>();

  /** With a broker that has a listener of each kind, whose every packet is traced. */
  static async withBroker(owner: Owner): Promise<TracingEngine> {
    const tracing = new TracingEngine(owner);
    const configFile = join(temporaryFolder(owner), 'broker.json');
    const files = { cert: tlsFixture('server.crt'), key: tlsFixture('server.key') };
    const listeners = kinds.map((kind) => ({
      ...{ kind, host: hosts[kind], port: 0 },
      ...((kind === 'mqtts' || kind === 'wss') && files),
    }));
    writeFileSync(configFile, JSON.stringify({ listeners }));
    const started = await tracing.#engine.startBroker({ host: '127.0.0.1', port: 0, limits, configFile });
    if (started.kind !== 'started') assert.fail(JSON.stringify(started));
    for (const listener of started.broker.listeners)
      if ('port' in listener) tracing.#ports.set(listener.kind, listener.port);
    tracing.#engine.trace.startTrace({ budgetBytes });
    return tracing;
  }

  constructor(owner: Owner) {
    owner.after(() => this.#engine.dispose());
  }

  port(kind: Kind): number {
    return this.#ports.get(kind)!; // each was opened
  }

  /** As *Export Shown Packets* asks for it, with nothing filtered. */
  async exportTo(file: string): Promise<void> {
    const { heldPackets: packets } = this.#engine.trace.traceState();
    const result = await this.#engine.trace.exportTrace({ exportId: 1, query: {}, file });
    assert.deepEqual(result, { kind: 'exported', packets, addedConnects: 0, missingPackets: 0 });
  }

  /** As *Export Shown Packets* with a filter. */
  exportOf(query: PacketQuery, file: string): Promise<ExportTraceResult> {
    return this.#engine.trace.exportTrace({ exportId: 1, query, file });
  }

  openCapture(file: string): Promise<OpenCaptureResult> {
    return this.#engine.trace.openCapture({ file, budgetBytes });
  }

  /** All that the Packets view is given: of each row what opens when it is selected. */
  async packets(): Promise<PacketDetail[]> {
    const { trace } = this.#engine;
    const { heldPackets } = trace.traceState();
    const { viewId } = trace.openPackets({ query: {} });
    const { first, end } = await new Promise<PacketsView>((resolve) => {
      const listening = this.#engine.onEvent(({ event, payload }) => {
        if (event !== 'packetsChanged' || payload.viewId !== viewId) return;
        if (payload.end - payload.first < heldPackets) return;
        listening.dispose();
        resolve(payload);
      });
    });
    const packets: PacketDetail[] = [];
    for (let from = first; from < end; from += ROWS_AT_ONCE)
      for (const { id } of trace.packetRows({ viewId, from, count: ROWS_AT_ONCE }).rows)
        packets.push(trace.packet({ id })!); // it is held
    trace.closePackets({ viewId });
    return packets;
  }
}

/** Text, what is none, and more than a segment. */
const allPayloads: readonly (string | Buffer)[] = [
  '21.5',
  Buffer.from([0, 1, 0xff, 0xfe]),
  'x'.repeat(50_000),
];

/** Two clients of a kind and version, and messages between them of every QoS. Resolves when both have gone. */
export async function talk(
  owner: Owner,
  engine: TracingEngine,
  kind: Kind,
  protocolVersion: 4 | 5,
  payloads = allPayloads,
): Promise<void> {
  const is5 = protocolVersion === 5;
  const name = `${kind}${protocolVersion}`;
  const subscriber = await connectTo(owner, engine, kind, {
    ...{ protocolVersion, clientId: `${name}-sub`, keepalive: 30 },
    ...(is5 && { properties: { topicAliasMaximum: 5, requestResponseInformation: true } }),
  });
  const publisher = await connectTo(owner, engine, kind, {
    ...{ protocolVersion, clientId: `${name}-pub`, username: 'me', password: 'secret', keepalive: 90 },
    will: {
      ...({ topic: `${name}/gone`, payload: Buffer.from('gone'), qos: 1, retain: true } as const),
      ...(is5 && { properties: { willDelayInterval: 1, contentType: 'text/plain' } }),
    },
    ...(is5 && { properties: { sessionExpiryInterval: 3600, receiveMaximum: 20 } }),
  });
  await subscriber.subscribeAsync([`${name}/#`, `${name}/küche/+`], {
    qos: 2,
    ...(is5 && { nl: true, rap: true, rh: 1, properties: { subscriptionIdentifier: 300 } }),
  });
  const arrived = arrivals(subscriber, 3 * payloads.length);
  for (const qos of [0, 1, 2] as const) {
    for (const [index, payload] of payloads.entries()) {
      await publisher.publishAsync(`${name}/küche/${qos}`, payload, {
        ...{ qos, retain: index === 0 },
        ...(is5 && {
          properties: {
            ...{ messageExpiryInterval: 60, contentType: 'text/plain', payloadFormatIndicator: false },
            ...{ responseTopic: `${name}/answers`, correlationData: Buffer.from('seven') },
            userProperties: { unit: '°C', place: ['kitchen', 'küche'] },
          },
        }),
      });
    }
  }
  await arrived;
  // In 5.0 both are told that nobody listened, and that there was no such subscription.
  await publisher.publishAsync('nobody/listens', '', { qos: 1 });
  await subscriber.unsubscribeAsync([`${name}/#`, 'never/subscribed']);
  await publisher.endAsync(false, is5 ? { reasonCode: 4, properties: { sessionExpiryInterval: 0 } } : {});
  await subscriber.endAsync();
}

export async function connectTo(
  owner: Owner,
  engine: TracingEngine,
  kind: Kind,
  options: IClientOptions,
): Promise<MqttClient> {
  const tls = { ca: readFileSync(tlsFixture('ca.crt')), servername: 'localhost' };
  const client = await connectAsync(`${kind}://${hosts[kind]}:${engine.port(kind)}`, {
    ...{ ...tls, wsOptions: tls, reconnectPeriod: 0 },
    ...options,
  });
  owner.after(() => client.endAsync());
  return client;
}

/** Resolves with the last of so many messages, from now on. */
export function arrivals(client: MqttClient, count: number): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    client.on('message', () => {
      if (--left === 0) resolve();
    });
  });
}
