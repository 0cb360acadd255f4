/** Certificates, both ways, and what the log is told when a handshake fails. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { Transport } from '../../../src/broker/transport.ts';
import { type Listener, listen } from '../../../src/transports/listener.ts';
import { authority, deviceCertificate, strangerCertificate, testTls } from '../../suites/transportPeers.ts';

interface Arrivals {
  transports: Transport[];
  refusals: string[];
  /** Resolves when one of the two has grown. */
  next(): Promise<void>;
}

async function listenWith(
  requireClientCertificate: boolean,
): Promise<{ listener: Listener; arrivals: Arrivals }> {
  let wake: () => void = () => undefined;
  const arrivals: Arrivals = {
    transports: [],
    refusals: [],
    next: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
  };
  const result = await listen(
    { kind: 'mqtts', host: '127.0.0.1', port: 0, tls: { ...testTls, requireClientCertificate } },
    (transport) => {
      transport.setHandler({
        onData: () => undefined,
        onFlush: () => undefined,
        onDrain: () => undefined,
        onClose: () => undefined,
      });
      arrivals.transports.push(transport);
      wake();
    },
    {
      onRefused: (_remoteAddress, message) => {
        arrivals.refusals.push(message);
        wake();
      },
    },
  );
  assert.equal(result.kind, 'listening');
  return { listener: (result as { listener: Listener }).listener, arrivals }; // asserted
}

for (const requireClientCertificate of [true, false]) {
  describe(`a TLS listener that ${requireClientCertificate ? 'requires' : 'does not ask for'} client certificates`, () => {
    let listener: Listener;
    let arrivals: Arrivals;
    const sockets: TLSSocket[] = [];

    before(async () => {
      ({ listener, arrivals } = await listenWith(requireClientCertificate));
    });
    after(async () => {
      for (const socket of sockets) socket.destroy();
      await listener.close();
    });

    async function dial(options: ConnectionOptions): Promise<void> {
      arrivals.transports.length = 0;
      arrivals.refusals.length = 0;
      const arrived = arrivals.next();
      const socket = connect({ port: listener.info.port, host: '127.0.0.1', ca: authority, ...options });
      // Refusals are read on the listener's side.
      socket.on('error', () => undefined);
      sockets.push(socket);
      await arrived;
    }

    if (requireClientCertificate) {
      test('a device with a certificate of the authority is known by its common name', async () => {
        await dial(deviceCertificate);
        assert.deepEqual(
          arrivals.transports.map((transport) => transport.certificateCommonName),
          ['test-device'],
        );
      });

      test('a device without a certificate is refused, and the log says why', async () => {
        await dial({});
        assert.deepEqual(arrivals.refusals, [
          'TLS handshake failed: the client sent no certificate of its own, and this listener requires one',
        ]);
      });

      test('a device with the certificate of a stranger is refused', async () => {
        await dial(strangerCertificate);
        assert.deepEqual(arrivals.refusals, [
          "TLS handshake failed: the client's certificate is not signed by the CA of this listener",
        ]);
      });
      return;
    }

    test('a certificate that a device sends unasked names nobody', async () => {
      await dial(deviceCertificate);
      assert.deepEqual(
        arrivals.transports.map((transport) => transport.certificateCommonName),
        [undefined],
      );
    });

    test('a device that speaks without TLS is told of', async () => {
      arrivals.refusals.length = 0;
      const arrived = arrivals.next();
      const socket = connectTcp(listener.info.port, '127.0.0.1');
      await once(socket, 'connect');
      // CONNECT, remaining length 12, "MQTT", version 4, clean session, keep alive 60, client id ""
      socket.write(Buffer.from('100c00044d5154540402003c0000', 'hex'));
      await arrived;
      socket.destroy();
      assert.deepEqual(arrivals.refusals, [
        'TLS handshake failed: the client spoke without TLS to the TLS port',
      ]);
    });

    test('a device whose handshake ends after the listener closed is not let in', async () => {
      const { listener: closing, arrivals: late } = await listenWith(false);
      const socket = connect({ port: closing.info.port, host: '127.0.0.1', ca: authority });
      socket.on('error', () => undefined);
      const [closed] = await Promise.all([
        once(socket, 'close'),
        once(socket, 'connect').then(() => closing.close()),
      ]);
      assert.ok(closed);
      assert.equal(late.transports.length, 0);
    });
  });
}
