/** An engine on a free port of the loopback, devices that connect to it by MQTT.js, and a way to wait for events. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { connectAsync, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import type {
  EngineEvents,
  Limits,
  RunningBroker,
  StartBrokerParams,
} from '../../../src/contracts/engine.ts';
import { Engine } from '../../../src/engine/engine.ts';

export const limits: Limits = { maxPacketBytes: 20_000_000, maxConnections: 100, historyBytes: 50_000_000 };

export interface EngineUnderTest {
  engine: Engine;
  /** Starts the broker and returns its port. */
  start(params?: Partial<StartBrokerParams>): Promise<number>;
  /** A device, connected to the broker that was last started. */
  device(options?: IClientOptions): Promise<MqttClient>;
  /** The payload of the next event of the kind that passes the check. */
  next<K extends keyof EngineEvents>(
    kind: K,
    check?: (payload: EngineEvents[K]) => boolean,
  ): Promise<EngineEvents[K]>;
}

/** All of it ends with the test, devices first. */
export function startEngine(t: TestContext): EngineUnderTest {
  const engine = new Engine({ version: '1.2.3', limits });
  const devices: MqttClient[] = [];
  let port = 0;
  t.after(async () => {
    for (const device of devices) await device.endAsync(true);
    await engine.dispose();
  });
  return {
    engine,
    async start(params = {}) {
      const result = await engine.startBroker({ host: '127.0.0.1', port: 0, limits, ...params });
      assert.equal(result.kind, 'started', JSON.stringify(result));
      port = result.kind === 'started' ? portOf(result.broker) : 0;
      return port;
    },
    async device(options = {}) {
      const device = await connectAsync(`mqtt://127.0.0.1:${port}`, {
        protocolVersion: 5,
        reconnectPeriod: 0,
        ...options,
      });
      // A broker that stops resets what it must; the tests look at what they mean to.
      device.on('error', () => {});
      devices.push(device);
      return device;
    },
    next(kind, check = () => true) {
      return new Promise((resolve) => {
        const listening = engine.onEvent(({ event, payload }) => {
          // The kind says which payload it is, which the compiler can't see for a generic kind.
          const wanted = payload as EngineEvents[typeof kind];
          if (event !== kind || !check(wanted)) return;
          listening.dispose();
          resolve(wanted);
        });
      });
    },
  };
}

/** The next message that a device is delivered. */
export function received(device: MqttClient): Promise<{ payload: string; packet: IPublishPacket }> {
  return new Promise((resolve) => {
    device.once('message', (_topic, payload, packet) => resolve({ payload: payload.toString(), packet }));
  });
}

/** The reason code of the DISCONNECT that the broker sends it. */
export function disconnected(device: MqttClient): Promise<number | undefined> {
  return new Promise((resolve) => {
    device.once('disconnect', (packet) => resolve(packet.reasonCode));
  });
}

/** Of the main listener. */
export function portOf({ listeners: [listener] }: RunningBroker): number {
  assert.ok(listener !== undefined && listener.kind !== 'unix');
  return listener.port;
}
