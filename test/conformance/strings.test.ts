/** UTF-8 Encoded Strings and variable byte integers, section 1.5 (1.5.3 and 2.2.3 in 3.1.1), in every field that has one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProtocolVersion } from '../../src/mqtt/packets.ts';
import { BrokerOverNetwork, testBothVersions } from '../support/brokerOverNetwork.ts';
import { frame, uint16, utf8 } from '../support/bytes.ts';
import { connectBytes } from '../support/connectBytes.ts';

const malformedContents: Readonly<Record<string, readonly number[]>> = {
  'a continuation that is none': [0xc3, 0x28],
  'a character cut short': [0x61, 0xe2, 0x82],
  'more bytes than the character needs': [0xc0, 0xaf],
  'the null character in two bytes': [0xc0, 0x80],
  'half of a surrogate pair': [0xed, 0xa0, 0x80],
  'both halves of a surrogate pair': [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  'a code point beyond U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
  'a byte that UTF-8 does not have': [0xff],
  'the null character': [0x61, 0x00],
};

const stringOf = (content: readonly number[]): number[] => [...uint16(content.length), ...content];

/** A property section of one property. */
const property = (id: number, ...value: readonly number[]): number[] => [value.length + 1, id, ...value];

const none = (version: ProtocolVersion): number[] => (version === 5 ? [0] : []);

type PacketWith = (text: number[], version: ProtocolVersion) => Uint8Array;

const fieldsOfBoth: Readonly<Record<string, PacketWith>> = {
  'topic name of PUBLISH [MQTT-3.3.2-1] [MQTT-3.3.2-1 3.1.1]': (text, version) =>
    frame(0x30, text, none(version)),
  'topic filter of SUBSCRIBE [MQTT-3.8.3-1] [MQTT-3.8.3-1 3.1.1]': (text, version) =>
    frame(0x82, uint16(1), none(version), utf8('t'), 0, text, 0),
  'topic filter of UNSUBSCRIBE [MQTT-3.10.3-1] [MQTT-3.10.3-1 3.1.1]': (text, version) =>
    frame(0xa2, uint16(1), none(version), utf8('t'), text),
};

for (const [name, packetWith] of Object.entries(fieldsOfBoth)) {
  testBothVersions(
    `a string that is no UTF-8, or has U+0000, ends the connection: ${name} [MQTT-1.5.4-1] [MQTT-1.5.4-2] [MQTT-1.5.3-1 3.1.1] [MQTT-1.5.3-2 3.1.1] [MQTT-4.7.3-2]`,
    async (under, version) => {
      for (const content of Object.values(malformedContents)) {
        const client = await under.connect(version, 'a');
        client.sendBytes(packetWith(stringOf(content), version));
        await client.expectDisconnected(0x81);
      }
    },
  );
}

const fieldsOf5: Readonly<Record<string, (text: number[]) => Uint8Array>> = {
  'Response Topic [MQTT-3.3.2-13]': (text) => frame(0x30, utf8('t'), property(0x08, ...text)),
  'Content Type [MQTT-3.3.2-19]': (text) => frame(0x30, utf8('t'), property(0x03, ...text)),
  'name of a user property [MQTT-1.5.7-1]': (text) =>
    frame(0x30, utf8('t'), property(0x26, ...text, ...utf8('v'))),
  'value of a user property [MQTT-1.5.7-1]': (text) =>
    frame(0x30, utf8('t'), property(0x26, ...utf8('k'), ...text)),
  'user property of SUBSCRIBE [MQTT-1.5.7-1]': (text) =>
    frame(0x82, uint16(1), property(0x26, ...utf8('k'), ...text), utf8('t'), 0),
  'user property of UNSUBSCRIBE [MQTT-1.5.7-1]': (text) =>
    frame(0xa2, uint16(1), property(0x26, ...text, ...utf8('v')), utf8('t')),
  'Reason String of PUBACK': (text) => frame(0x40, uint16(1), 0x00, property(0x1f, ...text)),
  'Reason String of PUBREC': (text) => frame(0x50, uint16(1), 0x00, property(0x1f, ...text)),
  'Reason String of PUBREL': (text) => frame(0x62, uint16(1), 0x00, property(0x1f, ...text)),
  'Reason String of PUBCOMP': (text) => frame(0x70, uint16(1), 0x00, property(0x1f, ...text)),
  'Reason String of DISCONNECT': (text) => frame(0xe0, 0x00, property(0x1f, ...text)),
};

for (const [name, packetWith] of Object.entries(fieldsOf5)) {
  test(`a string that is no UTF-8, or has U+0000, ends the connection: ${name} [MQTT-1.5.4-1] [MQTT-1.5.4-2]`, async (t) => {
    const under = new BrokerOverNetwork(t);
    for (const content of Object.values(malformedContents)) {
      const client = await under.connect(5, 'a');
      client.sendBytes(packetWith(stringOf(content)));
      await client.expectDisconnected(0x81);
    }
  });
}

interface ConnectField {
  readonly flags: number;
  readonly payload: (text: number[], willProperties: number[]) => number[][];
}

const connectFields: Readonly<Record<string, ConnectField>> = {
  'client identifier [MQTT-3.1.3-4] [MQTT-3.1.3-4 3.1.1]': { flags: 0x02, payload: (text) => [text] },
  'Will Topic [MQTT-3.1.3-11] [MQTT-3.1.3-10 3.1.1]': {
    flags: 0x06,
    payload: (text, willProperties) => [utf8('a'), willProperties, text, utf8('m')],
  },
  'user name [MQTT-3.1.3-12] [MQTT-3.1.3-11 3.1.1]': {
    flags: 0x82,
    payload: (text) => [utf8('a'), text],
  },
};

for (const [name, { flags, payload }] of Object.entries(connectFields)) {
  testBothVersions(
    `a CONNECT is refused whose string is no UTF-8, or has U+0000: ${name} [MQTT-1.5.4-1] [MQTT-1.5.4-2] [MQTT-1.5.3-1 3.1.1] [MQTT-1.5.3-2 3.1.1]`,
    async (under, version) => {
      for (const content of Object.values(malformedContents)) {
        const client = under.open(version);
        client.sendBytes(
          connectBytes({ level: version, flags, payload: payload(stringOf(content), none(version)) }),
        );
        if (version === 5) assert.equal((await client.expect('connack')).reasonCode, 0x81);
        await client.expectClosed();
      }
      assert.equal(under.broker.counters.sessions, 0);
    },
  );
}

test('a CONNECT is refused whose properties have a string that is no UTF-8, or has U+0000 [MQTT-1.5.4-1] [MQTT-1.5.4-2] [MQTT-1.5.7-1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const content of Object.values(malformedContents)) {
    const text = stringOf(content);
    const willOf = (properties: number[]) => [utf8('a'), properties, utf8('t'), utf8('m')];
    for (const connect of [
      { properties: [0x15, ...text] }, // Authentication Method
      { properties: [0x26, ...text, ...utf8('v')] },
      { flags: 0x06, payload: willOf(property(0x03, ...text)) },
      { flags: 0x06, payload: willOf(property(0x08, ...text)) },
      { flags: 0x06, payload: willOf(property(0x26, ...utf8('k'), ...text)) },
    ]) {
      const client = under.open(5);
      client.sendBytes(connectBytes({ level: 5, ...connect }));
      assert.equal((await client.expect('connack')).reasonCode, 0x81);
      await client.expectClosed();
    }
  }
});

testBothVersions(
  'characters of one to four bytes, U+FEFF and U+10FFFF included, are what they are in topics and identifiers [MQTT-1.5.4-3] [MQTT-1.5.3-3 3.1.1] [MQTT-4.7.3-4]',
  async (under, version) => {
    const texts = ['a', '\ufeffa', 'a\ufeff', '\u00e9', '\u20ac', '\u{1f600}', '\u{10ffff}', '\ud7ff\ue000'];
    const clients = [];
    for (const text of texts) {
      const client = await under.connect(version, text);
      await client.subscribe(text);
      clients.push(client);
    }
    assert.deepEqual(
      [...under.broker.sessions()].map(({ clientId }) => clientId),
      texts,
    );
    const publisher = await under.connect(version, 'publisher');
    for (const text of texts) {
      const publish = frame(0x30, utf8(text), none(version), 0x6d);
      publisher.sendBytes(publish);
      await publisher.ping();
      assert.deepEqual(await clients[texts.indexOf(text)]?.nextBytes(), publish);
      for (const client of clients) await client.ping();
    }
  },
);

test('strings in the properties of a message are forwarded byte by byte, U+FEFF included [MQTT-1.5.4-3] [MQTT-3.3.2-17]', async (t) => {
  const client = await new BrokerOverNetwork(t).connect(5, 'a');
  await client.subscribe('t');
  const bom = [0, 4, 0xef, 0xbb, 0xbf, 0x61];
  for (const properties of [property(0x03, ...bom), property(0x08, ...bom), property(0x26, ...bom, ...bom)]) {
    const publish = frame(0x30, utf8('t'), properties, 0x6d);
    client.sendBytes(publish);
    assert.deepEqual(await client.nextBytes(), publish);
  }
});

// ── Variable byte integers ────────────────────────────────────────────────────────────────────────────────────

testBothVersions(
  'the Remaining Length of what is sent has as few bytes as it can [MQTT-1.5.5-1]',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('t');
    const headBytes = version === 5 ? 4 : 3; // topic name, and in 5.0 the Property Length
    for (const [remainingLength, expected] of [
      [127, [0x7f]],
      [128, [0x80, 0x01]],
      [16_383, [0xff, 0x7f]],
      [16_384, [0x80, 0x80, 0x01]],
      [2_097_151, [0xff, 0xff, 0x7f]],
      [2_097_152, [0x80, 0x80, 0x80, 0x01]],
    ] as const) {
      client.sendPublish('t', Buffer.alloc(remainingLength - headBytes));
      const bytes = await client.nextBytes();
      assert.deepEqual([...bytes.subarray(1, 1 + expected.length)], expected);
      assert.equal(bytes.length, 1 + expected.length + remainingLength);
    }
  },
);

test('Subscription Identifiers of one to four bytes are sent in as few bytes as they can [MQTT-1.5.5-1]', async (t) => {
  const client = await new BrokerOverNetwork(t).connect(5, 'a');
  for (const identifier of [
    [0x01],
    [0x7f],
    [0x80, 0x01],
    [0xff, 0x7f],
    [0x80, 0x80, 0x01],
    [0xff, 0xff, 0x7f],
    [0x80, 0x80, 0x80, 0x01],
    [0xff, 0xff, 0xff, 0x7f],
  ]) {
    client.sendBytes(frame(0x82, uint16(1), property(0x0b, ...identifier), utf8('t'), 0));
    await client.expect('suback');
    client.sendBytes(frame(0x30, utf8('t'), 0, 0x6d));
    assert.deepEqual(await client.nextBytes(), frame(0x30, utf8('t'), property(0x0b, ...identifier), 0x6d));
  }
});

test('a Remaining Length, a Property Length or a Subscription Identifier that is longer than need be is malformed [MQTT-1.5.5-1]', async (t) => {
  const under = new BrokerOverNetwork(t);
  for (const bytes of [
    Uint8Array.of(0xc0, 0x80, 0x00), // PINGREQ
    frame(0x30, utf8('t'), [0x80, 0x00]),
    frame(0x82, uint16(1), property(0x0b, 0x81, 0x00), utf8('t'), 0),
  ]) {
    const client = await under.connect(5, 'a');
    client.sendBytes(bytes);
    await client.expectDisconnected(0x81);
  }
});
