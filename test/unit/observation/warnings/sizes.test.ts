/** The rules about sizes: what a client announced, and what its library takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { libraryOf } from '../../../../src/observation/warnings/knownLibraries.ts';
import { WarningsUnderTest } from './warningsUnderTest.ts';

const keepAliveSeconds = 60;

function publish({ under }: WarningsUnderTest, topic: string, payloadBytes: number): void {
  under.broker.publish({ topic, payload: new Uint8Array(payloadBytes), qos: 0, retain: false });
}

test('a message beyond what the client announced is warned of [MQTT-3.1.2-25]', async (t) => {
  const warned = new WarningsUnderTest(t);
  const board = await warned.under.connect(5, 'board', {
    ...{ keepAliveSeconds, properties: { maximumPacketSize: 100 } },
  });
  await board.subscribe('a');
  publish(warned, 'a', 90);
  assert.deepEqual(warned.kinds('board'), []);
  publish(warned, 'a', 100);
  assert.deepEqual(warned.facts('board', 'largerThanAnnounced'), {
    ...{ kind: 'largerThanAnnounced', topic: 'a', payloadBytes: 100, maximumPacketSize: 100 },
  });
});

test('a packet beyond the buffer of the library that the client id tells is warned of', async (t) => {
  const warned = new WarningsUnderTest(t);
  const board = await warned.under.connect(4, 'ESP8266Client-3f', { keepAliveSeconds });
  await board.subscribe('a');
  // Two bytes of the topic's length, one of the topic, three of the fixed header.
  publish(warned, 'a', 250);
  assert.deepEqual(warned.kinds('ESP8266Client-3f'), []);
  publish(warned, 'a', 251);
  assert.deepEqual(warned.facts('ESP8266Client-3f', 'largerThanLibrary'), {
    ...{ kind: 'largerThanLibrary', topic: 'a', packetBytes: 257, library: 'PubSubClient' },
    ...{ bufferBytes: 256, isSplit: false },
  });
});

test('a client with an id of its own is not, nor one that says what it takes', async (t) => {
  const warned = new WarningsUnderTest(t);
  const board = await warned.under.connect(4, 'greenhouse-7', { keepAliveSeconds });
  await board.subscribe('a');
  const modern = await warned.under.connect(5, 'ESP32_a4B1C2', {
    ...{ keepAliveSeconds, properties: { maximumPacketSize: 5000 } },
  });
  await modern.subscribe('a');
  publish(warned, 'a', 3000);
  assert.deepEqual([warned.kinds('greenhouse-7'), warned.kinds('ESP32_a4B1C2')], [[], []]);
});

test('libraries are known by the ids that they and their examples give', () => {
  const names = [
    'arduinoClient',
    'ESP8266Client',
    'ESP8266Client-ff01',
    'ESP32_a4B1C2',
    'ESP32_a4b1c2',
    'DVES_12AB0F',
    'DVES_kitchen',
    'x',
  ].map((clientId) => libraryOf(clientId, 4)?.name);
  const pubSub = 'PubSubClient';
  assert.deepEqual(names, [pubSub, pubSub, pubSub, 'esp-mqtt', undefined, 'Tasmota', undefined, undefined]);
  // PubSubClient speaks 3.1.1 at most.
  assert.equal(libraryOf('ESP8266Client-ff01', 5), undefined);
});

test('a CONNECT that announces another size is judged anew', async (t) => {
  const warned = new WarningsUnderTest(t);
  for (const [maximumPacketSize, kinds] of [
    [100, []],
    [100, ['largerThanAnnounced']],
    [5000, []],
  ] as const) {
    const board = await warned.under.connect(5, 'board', {
      ...{ keepAliveSeconds, properties: { maximumPacketSize } },
    });
    assert.deepEqual(warned.kinds('board'), kinds);
    await board.subscribe('a');
    publish(warned, 'a', 200);
  }
});

test('a client that says now what it takes is not warned of by its library any more', async (t) => {
  const warned = new WarningsUnderTest(t);
  const board = await warned.under.connect(5, 'ESP32_a4B1C2', { keepAliveSeconds });
  await board.subscribe('a');
  publish(warned, 'a', 3000);
  assert.deepEqual(warned.kinds('ESP32_a4B1C2'), ['largerThanLibrary']);
  await warned.under.connect(5, 'ESP32_a4B1C2', {
    ...{ keepAliveSeconds, properties: { maximumPacketSize: 5000 } },
  });
  assert.deepEqual(warned.kinds('ESP32_a4B1C2'), []);
});
