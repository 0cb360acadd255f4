/** What a transport says that its listener does not know. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import type { Transport } from '../../../src/broker/transport.ts';
import { FlushScheduler } from '../../../src/transports/flushScheduler.ts';
import type { ListenerOptions } from '../../../src/transports/listener.ts';
import {
  createMqttServer,
  createMqttsServer,
  createWebSocketServer,
  type Reception,
} from '../../../src/transports/servers.ts';
import { transportKinds } from '../../suites/transportPeers.ts';

function serverOf(options: ListenerOptions, reception: Reception): Server {
  switch (options.kind) {
    case 'mqtt':
    case 'unix':
      return createMqttServer('mqtt', reception);
    case 'mqtts':
      return createMqttsServer(options.tls, reception);
    case 'ws':
    case 'wss':
      return createWebSocketServer(options, reception);
  }
}

// Without an address of its own, as one that listens at all of them: no test listens to the network.
for (const { name, options, connect } of transportKinds().filter(({ options }) => options.kind !== 'unix')) {
  test(`over ${name}, the socket says which address was reached where the listener is at every address`, async (t) => {
    let accept: (transport: Transport) => void = () => undefined;
    const accepted = new Promise<Transport>((resolve) => {
      accept = resolve;
    });
    const server = serverOf(options, {
      ...{ open: true, connections: 0, maxConnections: Number.POSITIVE_INFINITY, allowsAnonymous: undefined },
      ...{ scheduler: new FlushScheduler(), clock: systemClock, onRefused: () => undefined },
      onTransport: (transport) => {
        transport.setHandler({
          onData: () => undefined,
          onFlush: () => undefined,
          onDrain: () => undefined,
          onClose: () => undefined,
        });
        accept(transport);
      },
    });
    const isV6 = 'host' in options && options.host === '::1';
    server.listen(0, isV6 ? '::1' : '127.0.0.1');
    await once(server, 'listening');
    const { address, port } = server.address() as AddressInfo; // it listens on one
    const peer = await connect({ kind: options.kind, host: address, port });
    t.after(async () => {
      server.close();
      peer.abort();
      await peer.closed;
    });
    const { localAddress } = await accepted;
    assert.equal(localAddress, isV6 ? `[::1]:${port}` : `127.0.0.1:${port}`);
  });
}
