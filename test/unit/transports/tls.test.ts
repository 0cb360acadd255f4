/** Certificates, both ways, versions, and what the log is told when a handshake fails. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import type { Transport } from '../../../src/broker/transport.ts';
import { createAuthority, issueServerCertificate } from '../../../src/certificates/authority.ts';
import { type Listener, listen } from '../../../src/transports/listener.ts';
import type { TlsOptions } from '../../../src/transports/tlsOptions.ts';
import {
  authority,
  deviceCertificate,
  strangerCertificate,
  testTls,
  unnamedCertificate,
} from '../../suites/transportPeers.ts';
import { mbedtls, mbedtls1970 } from '../../support/clientHellos.ts';
import { FakeClock } from '../../support/fakeClock.ts';

/** A listener, and what becomes of one connection after the other. */
class TlsListener {
  readonly #listener: Listener;
  readonly #arrivals: (Transport | string)[];
  readonly #next: { wake: () => void };

  static async open(
    t: TestContext,
    tls: Partial<TlsOptions>,
    kind: 'mqtts' | 'wss' = 'mqtts',
    clock: Clock = systemClock,
  ): Promise<TlsListener> {
    const arrivals: (Transport | string)[] = [];
    const next = { wake: (): void => undefined };
    const arrived = (what: Transport | string): void => {
      arrivals.push(what);
      next.wake();
    };
    const result = await listen(
      { kind, host: '127.0.0.1', port: 0, tls: { ...testTls, ...tls } },
      (transport) => {
        transport.setHandler({
          onData: () => undefined,
          onFlush: () => undefined,
          onDrain: () => undefined,
          onClose: () => undefined,
        });
        arrived(transport);
      },
      { clock, onRefused: (_remoteAddress, message) => arrived(message) },
    );
    assert.ok(result.kind === 'listening');
    t.after(async () => {
      for (const arrival of arrivals) if (typeof arrival !== 'string') arrival.destroy();
      await result.listener.close();
    });
    return new TlsListener(result.listener, arrivals, next);
  }

  private constructor(listener: Listener, arrivals: (Transport | string)[], next: { wake: () => void }) {
    this.#listener = listener;
    this.#arrivals = arrivals;
    this.#next = next;
  }

  get port(): number {
    return this.#listener.info.port;
  }

  get arrivalCount(): number {
    return this.#arrivals.length;
  }

  close(): Promise<void> {
    return this.#listener.close();
  }

  setCertificate(cert: string, key: string): void {
    this.#listener.setCertificate(cert, key);
  }

  /** Resolves with the transport, or with why there is none. */
  async next(): Promise<Transport | string> {
    const { length } = this.#arrivals;
    await new Promise<void>((resolve) => {
      this.#next.wake = resolve;
    });
    return this.#arrivals[length]!; // it woke us
  }

  async dial(options: ConnectionOptions): Promise<Transport | string> {
    const next = this.next();
    this.connect(options);
    return next;
  }

  async dialWebSocket(options: ConnectionOptions): Promise<Transport | string> {
    const next = this.next();
    const webSocket = new WebSocket(`wss://127.0.0.1:${this.port}`, 'mqtt', { ca: authority, ...options });
    webSocket.on('error', () => undefined); // refusals are read on the listener's side
    return next;
  }

  connect(options: ConnectionOptions): TLSSocket {
    const socket = connect({ port: this.port, host: '127.0.0.1', ca: authority, ...options });
    socket.on('error', () => undefined); // as above
    return socket;
  }
}

function accepted(arrival: Transport | string): Transport {
  if (typeof arrival === 'string') assert.fail(arrival);
  return arrival;
}

const STRANGER =
  "TLS handshake failed: the client's certificate is not signed by the CA of this listener (tls-client-certificate-unknown)";

for (const version of ['1.2', '1.3'] as const) {
  const only: ConnectionOptions = { minVersion: `TLSv${version}`, maxVersion: `TLSv${version}` };

  test(`TLS ${version}: where a certificate is required, a device with one is known by its common name`, async (t) => {
    const listener = await TlsListener.open(t, { clientCertificate: 'required' });
    const transport = accepted(await listener.dial({ ...only, ...deviceCertificate }));
    assert.equal(transport.certificateCommonName, 'test-device');
    assert.equal(transport.certificateUsername, undefined);
  });

  test(`TLS ${version}: where a certificate is required, a device without one, and a stranger's, are refused`, async (t) => {
    const listener = await TlsListener.open(t, { clientCertificate: 'required' });
    assert.match(
      String(await listener.dial(only)),
      /the client sent no certificate of its own, and this listener requires one: .*\(tls-no-client-certificate\)$/,
    );
    assert.equal(await listener.dial({ ...only, ...strangerCertificate }), STRANGER);
  });

  test(`TLS ${version}: where a certificate is optional, none will do, a device's names it, and a stranger's is refused`, async (t) => {
    const listener = await TlsListener.open(t, { clientCertificate: 'optional' });
    assert.equal(accepted(await listener.dial(only)).certificateCommonName, undefined);
    const device = accepted(await listener.dial({ ...only, ...deviceCertificate }));
    assert.equal(device.certificateCommonName, 'test-device');
    assert.equal(await listener.dial({ ...only, ...strangerCertificate }), STRANGER);
  });

  test(`TLS ${version}: a session that is resumed has the certificate that it began with`, async (t) => {
    const listener = await TlsListener.open(t, { clientCertificate: 'optional', commonNameAsUser: true });
    const next = listener.next();
    const first = listener.connect({ ...only, ...deviceCertificate });
    const [session] = (await once(first, 'session')) as [Buffer];
    await next;
    const again = listener.next();
    const second = listener.connect({ ...only, session });
    await once(second, 'secureConnect');
    assert.ok(second.isSessionReused());
    assert.equal(accepted(await again).certificateUsername, 'test-device');
  });
}

test('where no certificate is asked for, one that a device sends all the same names nobody', async (t) => {
  const listener = await TlsListener.open(t, {});
  const transport = accepted(await listener.dial(deviceCertificate));
  assert.equal(transport.certificateCommonName, undefined);
});

test('the common name is the user name, where it is asked for', async (t) => {
  const listener = await TlsListener.open(t, { clientCertificate: 'optional', commonNameAsUser: true });
  assert.equal(accepted(await listener.dial(deviceCertificate)).certificateUsername, 'test-device');
  assert.equal(accepted(await listener.dial({})).certificateUsername, undefined);
  assert.equal(
    await listener.dial(unnamedCertificate),
    "the client's certificate has no common name, and this listener takes the common name for the user name (tls-client-certificate-unnamed)",
  );
});

test('over WebSocket, certificates are asked for and refused in the same way', async (t) => {
  const optional = { clientCertificate: 'optional', commonNameAsUser: true } as const;
  const listener = await TlsListener.open(t, optional, 'wss');
  assert.equal(accepted(await listener.dialWebSocket(deviceCertificate)).certificateUsername, 'test-device');
  assert.equal(accepted(await listener.dialWebSocket({})).certificateUsername, undefined);
  assert.equal(await listener.dialWebSocket(strangerCertificate), STRANGER);
  assert.match(String(await listener.dialWebSocket(unnamedCertificate)), /no common name/);
});

test('a listener that speaks TLS 1.3 and nothing older says so of a device that can do 1.2 at most', async (t) => {
  const listener = await TlsListener.open(t, { minTlsVersion: '1.3' });
  accepted(await listener.dial({}));
  assert.match(
    String(await listener.dial({ maxVersion: 'TLSv1.2' })),
    /^TLS handshake failed: the client offers only versions of TLS before 1\.3: TLS 1\.2 or older\. .*\(tls-version\)$/,
  );
});

test('a device that speaks without TLS is told of', async (t) => {
  const listener = await TlsListener.open(t, {});
  const next = listener.next();
  const socket = connectTcp(listener.port, '127.0.0.1');
  await once(socket, 'connect');
  // CONNECT, remaining length 12, "MQTT", version 4, clean session, keep alive 60, client id ""
  socket.write(Buffer.from('100c00044d5154540402003c0000', 'hex'));
  assert.match(
    String(await next),
    /the client spoke MQTT without TLS to the TLS port: .*\(tls-spoke-mqtt\)$/,
  );
  socket.destroy();
});

test('a device whose handshake ends after the listener closed is not let in', async (t) => {
  const listener = await TlsListener.open(t, {});
  const socket = listener.connect({});
  // By its end or with an error: the broker may leave before its handshake began.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  await listener.close();
  await closed;
  assert.equal(listener.arrivalCount, 0);
});

test('a client that ends its side in the middle of the handshake is told of at once', async (t) => {
  const listener = await TlsListener.open(t, {});
  const next = listener.next();
  const socket = connectTcp(listener.port, '127.0.0.1');
  // Byte by byte, as a flaky link may bring it.
  for (const byte of mbedtls1970) socket.write(Buffer.from([byte]));
  await once(socket, 'data');
  socket.end();
  assert.match(String(await next), /closed the connection in the middle of the handshake .*\(tls-closed\)$/);
});

test('a client that ends its side once it is in may still read, as without TLS', async (t) => {
  const listener = await TlsListener.open(t, {});
  const next = listener.next();
  const socket = listener.connect({});
  socket.allowHalfOpen = true;
  const transport = accepted(await next);
  socket.end();
  const [received] = await Promise.all([once(socket, 'data'), transport.write(Buffer.from('last'))]);
  assert.equal(String(received[0]), 'last');
  socket.destroy();
});

test('a client that says nothing is told of when its time is over', async (t) => {
  const clock = new FakeClock();
  const listener = await TlsListener.open(t, {}, 'mqtts', clock);
  const next = listener.next();
  const socket = connectTcp(listener.port, '127.0.0.1');
  while (clock.pendingTimers === 0) await new Promise(setImmediate);
  clock.advance(29_999);
  assert.equal(listener.arrivalCount, 0);
  clock.advance(1);
  assert.match(String(await next), /connected and sent nothing for 30 s \(tls-nothing-sent\)$/);
  socket.destroy();
});

test('a client that leaves after half of its hello, or before it, is told of', async (t) => {
  const listener = await TlsListener.open(t, {});
  for (const [bytes, told] of [
    [mbedtls.subarray(0, 12), /the first 12 bytes of its hello, and then closed .*\(tls-hello-malformed\)$/],
    [Buffer.alloc(0), /closed the connection before it sent anything \(tls-nothing-sent\)$/],
  ] as const) {
    const next = listener.next();
    connectTcp(listener.port, '127.0.0.1').end(bytes);
    assert.match(String(await next), told);
  }
});

test('another certificate is shown to who connects from then on, and who is connected stays', async (t) => {
  const nowMs = Date.now();
  const options = { keyKind: 'rsa', lifetimeDays: 2, nowMs } as const;
  const ca = await createAuthority({ ...options, commonName: 'Another CA' });
  const other = await issueServerCertificate(ca, ['localhost'], { ...options, commonName: 'another' });
  const listener = await TlsListener.open(t, {});
  const before = accepted(await listener.dial({}));
  listener.setCertificate(other.certificate, other.key);
  // Programs on Node look at the certificate after the handshake, and leave without an alert.
  assert.match(String(await listener.dial({})), /does it have the CA.*\(tls-closed\)$/);
  const next = listener.next();
  const socket = listener.connect({ ca: ca.certificate, servername: 'localhost' });
  await once(socket, 'secureConnect');
  assert.equal(socket.getPeerCertificate().subject.CN, 'another');
  accepted(await next);
  assert.doesNotThrow(() => before.write(Buffer.from('still here')));
  assert.throws(() => listener.setCertificate('none', other.key));
});
