/**
 * A broker in this process behind a real port of loopback, with faults to be switched on, and real clients to it.
 *
 * Its clock is the test's where time matters: nothing that is delayed comes before the test moves it on. To show that
 * something does not come, the same client has a ping answered, or another client what the first did not get.
 */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { TestContext } from 'node:test';
import { connect, type IClientOptions, type MqttClient, type Packet } from 'mqtt';
import type { Broker } from '../../../src/broker/broker.ts';
import type { BrokerLimits } from '../../../src/broker/limits.ts';
import type { ListenerConfiguration } from '../../../src/configuration/brokerConfiguration.ts';
import { type BrokerSurroundings, type OpenBroker, openBroker } from '../../../src/engine/openBroker.ts';
import type { FaultRule } from '../../../src/faults/faultRule.ts';
import type { Faults, Injection } from '../../../src/faults/faults.ts';
import { FakeClock } from '../../support/fakeClock.ts';

export interface FaultBrokerOptions extends BrokerSurroundings {
  limits?: Partial<BrokerLimits>;
  listeners?: readonly ListenerConfiguration[];
}

const tcp = { kind: 'mqtt', host: '127.0.0.1', port: 0 } as const;

export class FaultBroker {
  readonly clock: FakeClock;
  readonly broker: Broker;
  readonly faults: Faults;
  /** Of the first listener. */
  readonly port: number;
  readonly ports: readonly number[];
  /** What faults said of themselves. */
  readonly log: string[];
  readonly #logged: EventEmitter;

  /** It ends with the test, and must have met no bug by then. */
  static async start(t: TestContext, options: FaultBrokerOptions = {}): Promise<FaultBroker> {
    const { limits = {}, listeners = [tcp], ...surroundings } = options;
    const clock = new FakeClock();
    const log: string[] = [];
    const logged = new EventEmitter();
    const result = await openBroker(
      { listeners, limits },
      {
        clock,
        onFault: (_kind, _level, word) => {
          log.push(word());
          logged.emit('line');
        },
        ...surroundings,
      },
    );
    if (result.kind !== 'opened') assert.fail(`no broker: ${JSON.stringify(result)}`);
    const { opened } = result;
    t.after(async () => {
      await opened.stop();
      assert.equal(opened.broker.counters.internalErrors, 0);
      assert.equal(opened.broker.counters.connections, 0);
    });
    return new FaultBroker(clock, opened, log, logged);
  }

  private constructor(
    clock: FakeClock,
    { broker, faults, listeners }: OpenBroker,
    log: string[],
    logged: EventEmitter,
  ) {
    this.clock = clock;
    this.broker = broker;
    this.faults = faults;
    this.ports = listeners.map(({ info }) => info.port);
    this.port = this.ports[0]!; // one was asked for
    this.log = log;
    this.#logged = logged;
  }

  /** Resolves when a fault has said this. */
  async untilLogged(words: RegExp): Promise<void> {
    while (!this.log.some((line) => words.test(line))) await once(this.#logged, 'line');
  }

  inject(...rules: FaultRule[]): Injection {
    const result = this.faults.start(rules, { seed: 1 });
    if (result.kind !== 'started') assert.fail(`rule ${result.index}: ${result.message}`);
    return result.injection;
  }

  /** Resolves when CONNACK has come, whatever it says, or the connection has ended before. */
  async open(t: TestContext, clientId: string, options: IClientOptions = {}): Promise<DeviceClient> {
    const client = this.dial(t, clientId, options);
    await client.until(() => client.connack !== undefined || client.isClosed);
    return client;
  }

  /** Resolves when it is let in. */
  async connect(t: TestContext, clientId: string, options: IClientOptions = {}): Promise<DeviceClient> {
    const client = await this.open(t, clientId, options);
    assert.equal(client.connack?.reasonCode ?? client.connack?.returnCode, 0, `the CONNACK of ${clientId}`);
    return client;
  }

  /** Begins to connect. */
  dial(t: TestContext, clientId: string, options: IClientOptions = {}, address?: string): DeviceClient {
    const client = new DeviceClient(address ?? `mqtt://127.0.0.1:${this.port}`, clientId, options);
    t.after(() => client.kill());
    return client;
  }
}

/** A packet as MQTT.js has it, with the fields of every kind that tests look at. */
export type DevicePacket = Packet & {
  messageId?: number;
  topic?: string;
  payload?: Buffer | string;
  qos?: number;
  dup?: boolean;
  reasonCode?: number;
  returnCode?: number;
  sessionPresent?: boolean;
  properties?: { serverKeepAlive?: number; receiveMaximum?: number; messageExpiryInterval?: number };
};

/** MQTT.js, as a device's firmware would use it, with all that comes over its wire. It does not connect again. */
export class DeviceClient {
  readonly mqtt: MqttClient;
  /** In the order in which they came. */
  readonly received: DevicePacket[] = [];
  readonly sent: DevicePacket[] = [];
  connack: DevicePacket | undefined;
  isClosed = false;
  error: Error | undefined;
  #waiting: (() => void)[] = [];

  constructor(url: string, clientId: string, options: IClientOptions) {
    this.mqtt = connect(url, {
      ...{ clientId, protocolVersion: 5, reconnectPeriod: 0, keepalive: 0, connectTimeout: 3_600_000 },
      ...options,
    });
    this.mqtt.on('packetsend', (packet) => this.#note(() => this.sent.push(packet as DevicePacket)));
    this.mqtt.on('packetreceive', (packet) =>
      this.#note(() => {
        this.received.push(packet as DevicePacket);
        if (packet.cmd === 'connack') this.connack = packet as DevicePacket;
      }),
    );
    this.mqtt.on('error', (error) => this.#note(() => (this.error = error)));
    this.mqtt.on('close', () => this.#note(() => (this.isClosed = true)));
  }

  /** What the messages that came say, as `topic payload`. */
  get messages(): string[] {
    return this.ofKind('publish').map(({ topic, payload }) => `${topic} ${payload}`);
  }

  ofKind(cmd: string): DevicePacket[] {
    return this.received.filter((packet) => packet.cmd === cmd);
  }

  /** Resolves as soon as it holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async closed(): Promise<void> {
    await this.until(() => this.isClosed);
  }

  async subscribe(topicFilter: string, qos: 0 | 1 | 2 = 0): Promise<void> {
    await this.mqtt.subscribeAsync(topicFilter, { qos });
  }

  /** The broker has handled all that was sent before, and its answers have come, where both ways are open. */
  async ping(): Promise<void> {
    const before = this.ofKind('pingresp').length;
    this.mqtt.sendPing();
    await this.until(() => this.ofKind('pingresp').length > before);
  }

  /** The socket is gone, without a DISCONNECT. */
  async kill(): Promise<void> {
    if (this.isClosed) return;
    const ended = new Promise<void>((resolve) => this.mqtt.once('close', () => resolve()));
    this.mqtt.stream.destroy();
    await ended;
  }

  #note(what: () => void): void {
    what();
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
