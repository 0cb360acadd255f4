/** A broker in this process, behind a real port: where its counters are to be read. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Broker, type BrokerLimits } from '../../src/broker/broker.ts';
import type { Transport } from '../../src/broker/transport.ts';
import { listen } from '../../src/transports/listener.ts';

export class SocketBroker {
  readonly broker: Broker;
  readonly port: number;
  /** Of all connections, the ended ones too. */
  readonly transports: Transport[];
  readonly #wake: { connections(): void };

  /** It ends with the test, and must have met no bug by then. */
  static async start(t: TestContext, limits: Partial<BrokerLimits> = {}): Promise<SocketBroker> {
    const transports: Transport[] = [];
    const wake = { connections: () => {} };
    const broker = new Broker({ limits });
    const result = await listen({ kind: 'mqtt', host: '127.0.0.1', port: 0 }, (transport) => {
      transports.push(transport);
      broker.accept(tellingOfItsEnd(transport, () => wake.connections()));
      wake.connections();
    });
    if (result.kind !== 'listening') assert.fail(`no port: ${result.kind}`);
    t.after(async () => {
      await result.listener.close();
      await broker.stop();
      assert.equal(broker.counters.internalErrors, 0);
    });
    return new SocketBroker(broker, result.listener.info.port, transports, wake);
  }

  private constructor(broker: Broker, port: number, transports: Transport[], wake: { connections(): void }) {
    this.broker = broker;
    this.port = port;
    this.transports = transports;
    this.#wake = wake;
  }

  /** Resolves when so many connections came, and only so many of all are open. */
  async until(accepted: number, open: number): Promise<void> {
    const { counters } = this.broker;
    while (counters.connectionsAccepted < accepted || counters.connections > open)
      await new Promise<void>((resolve) => {
        this.#wake.connections = resolve;
      });
  }
}

/** The broker counts a connection until its socket is gone, of which nobody else is told. */
function tellingOfItsEnd(transport: Transport, onEnd: () => void): Transport {
  const setHandler = transport.setHandler.bind(transport);
  transport.setHandler = (handler) =>
    setHandler({
      onData: (chunk) => handler.onData(chunk),
      onFlush: () => handler.onFlush(),
      onDrain: () => handler.onDrain(),
      onClose: (error) => {
        handler.onClose(error);
        onEnd();
      },
    });
  return transport;
}
