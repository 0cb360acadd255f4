/** Chapter 6 of both standards: the handshake, and frames. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import type { Transport } from '../../../src/broker/transport.ts';
import { type Listener, listen } from '../../../src/transports/listener.ts';
import { MAX_STRANGER_BYTES } from '../../../src/transports/webSocketTransport.ts';

const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

let listener: Listener;
const refusals: string[] = [];
const received: number[] = [];
let lastTransport: Transport;
let wake: () => void = () => undefined;
let closed: (error: Error | undefined) => void = () => undefined;

before(async () => {
  const result = await listen(
    { kind: 'ws', host: '127.0.0.1', port: 0, maxMessageBytes: MAX_MESSAGE_BYTES },
    (transport) => {
      lastTransport = transport;
      received.length = 0;
      transport.setHandler({
        onData: (chunk) => {
          for (const byte of chunk) received.push(byte);
          wake();
        },
        onFlush: () => undefined,
        onDrain: () => undefined,
        onClose: (error) => closed(error),
      });
    },
    { onRefused: (_remoteAddress, message) => refusals.push(message) },
  );
  assert.equal(result.kind, 'listening');
  listener = (result as { listener: Listener }).listener; // asserted
});
after(() => listener.close());

const url = (): string => `ws://127.0.0.1:${listener.info.port}/mqtt`;

async function open(protocols: string[] = ['mqtt']): Promise<WebSocket> {
  const webSocket = new WebSocket(url(), protocols);
  await once(webSocket, 'open');
  return webSocket;
}

function nextClose(): Promise<Error | undefined> {
  return new Promise((resolve) => {
    closed = resolve;
  });
}

/** Resolves with what the server answered instead of a handshake. */
async function refusalOf(protocols: string[]): Promise<number | undefined> {
  const webSocket = new WebSocket(url(), protocols);
  const [, response] = (await once(webSocket, 'unexpected-response')) as [unknown, { statusCode?: number }];
  webSocket.on('error', () => undefined);
  webSocket.terminate();
  return response.statusCode;
}

test('a client that offers no subprotocol "mqtt" is refused, and the log says why [MQTT-6.0.0-3]', async () => {
  refusals.length = 0;
  assert.equal(await refusalOf([]), 400);
  assert.equal(await refusalOf(['mqttv5', 'MQTT']), 400);
  assert.equal(refusals.length, 2);
  assert.match(refusals[0] ?? '', /subprotocol "mqtt"/);
});

test('the server selects the subprotocol "mqtt" out of several [MQTT-6.0.0-4]', async () => {
  const webSocket = await open(['chat', 'mqtt']);
  assert.equal(webSocket.protocol, 'mqtt');
  webSocket.close();
  await nextClose();
});

test('a client of MQTT 3.1, which knows the older subprotocol alone, is answered with it', async () => {
  const older = await open(['mqttv3.1']);
  assert.equal(older.protocol, 'mqttv3.1');
  older.close();
  await nextClose();
  const both = await open(['mqttv3.1', 'mqtt']);
  assert.equal(both.protocol, 'mqtt');
  both.close();
  await nextClose();
});

test('compression is not negotiated', async () => {
  const webSocket = await open();
  assert.equal(webSocket.extensions, '');
  webSocket.close();
  await nextClose();
});

test('a text frame closes the connection, with 1003 [MQTT-6.0.0-1] [MQTT-6.0-1 3.1.1]', async () => {
  const webSocket = await open();
  const closing = nextClose();
  webSocket.send('text');
  const [code] = (await once(webSocket, 'close')) as [number];
  assert.equal(code, 1003);
  assert.match((await closing)?.message ?? '', /text frame/);
});

test('packets may be cut and joined by frames in any way [MQTT-6.0.0-2]', async () => {
  const webSocket = await open();
  for (const frame of [[1], [2, 3, 4], [], [5]]) webSocket.send(Uint8Array.from(frame));
  // One message in three fragments.
  webSocket.send(Uint8Array.of(6), { fin: false });
  webSocket.send(Uint8Array.of(7), { fin: false });
  webSocket.send(Uint8Array.of(8), { fin: true });
  while (received.length < 8) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  assert.deepEqual(received, [1, 2, 3, 4, 5, 6, 7, 8]);
  webSocket.close();
  await nextClose();
});

test('what one turn of the event loop wrote leaves as one binary frame', async () => {
  const webSocket = await open();
  lastTransport.write(Uint8Array.of(1));
  lastTransport.write(new Uint8Array(5000));
  const [data, isBinary] = (await once(webSocket, 'message')) as [Buffer, boolean];
  assert.equal(data.length, 5001);
  assert.ok(isBinary);
  webSocket.close();
  await nextClose();
});

test('a message over the limit closes the connection, with 1009', async () => {
  const webSocket = await open();
  const closing = nextClose();
  lastTransport.admitted?.();
  webSocket.send(new Uint8Array(MAX_MESSAGE_BYTES + 1));
  const [code] = (await once(webSocket, 'close')) as [number];
  assert.equal(code, 1009);
  assert.ok((await closing) instanceof Error);
});

for (const [what, send] of [
  ['one message', (webSocket: WebSocket) => webSocket.send(new Uint8Array(2 * MAX_STRANGER_BYTES))],
  [
    'fragments that do not end',
    (webSocket: WebSocket) => {
      for (let i = 0; i < 20; i++) webSocket.send(new Uint8Array(MAX_STRANGER_BYTES / 16), { fin: false });
    },
  ],
] as const) {
  test(`a stranger does not get far with ${what}: the connection is closed before it is whole`, async () => {
    const webSocket = await open();
    const closing = nextClose();
    webSocket.on('error', () => undefined);
    send(webSocket);
    assert.match((await closing)?.message ?? '', /without a CONNECT that was accepted/);
    assert.equal(received.length, 0);
  });
}

test('a client whose CONNECT was accepted may send messages as large as any packet', async () => {
  const webSocket = await open();
  lastTransport.admitted?.();
  webSocket.send(new Uint8Array(2 * MAX_STRANGER_BYTES));
  while (received.length < 2 * MAX_STRANGER_BYTES) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  webSocket.close();
  await nextClose();
});

test('a browser that comes for a page is told what this is', async () => {
  const [response] = (await once(get(url().replace('ws:', 'http:')), 'response')) as [
    { statusCode?: number; resume(): void },
  ];
  assert.equal(response.statusCode, 426);
  response.resume();
});

test('a client that speaks MQTT without WebSocket is told of', async () => {
  refusals.length = 0;
  const socket = connect(listener.info.port, '127.0.0.1');
  // CONNECT, remaining length 12, "MQTT", version 4, clean session, keep alive 60, client id ""
  socket.write(Buffer.from('100c00044d5154540402003c0000', 'hex'));
  socket.resume();
  await once(socket, 'close');
  assert.match(refusals[0] ?? '', /a client without WebSocket needs the MQTT port/);
});
