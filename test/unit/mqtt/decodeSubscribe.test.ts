import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../src/mqtt/decode.ts';
import { framed, hex } from '../../support/packetBytes.ts';
import { assertDecodeFault } from '../../support/protocolFaults.ts';

test('a SUBSCRIBE of 3.1.1', () => {
  const frame = hex(`
    82 0E          # SUBSCRIBE, 14 bytes follow
    00 0A          # packet identifier 10
    00 03 "a/+"    # topic filter
    01             # requested QoS 1
    00 03 "b/#"
    02
  `);
  const expected = {
    kind: 'subscribe',
    packetId: 10,
    subscriptions: [
      { topicFilter: 'a/+', qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 },
      { topicFilter: 'b/#', qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 },
    ],
  };
  assert.deepEqual(decode(frame, 4), expected);
  assert.deepEqual(decode(frame, 3), expected);
});

test('a SUBSCRIBE of 5.0 has properties and options', () => {
  const frame = hex(`
    82 2A                      # SUBSCRIBE, 42 bytes follow
    00 0A                      # packet identifier 10
    0A                         # Property Length 10
      0B 80 01                 # Subscription Identifier 128
      26 00 01 "k" 00 01 "v"   # User Property
    00 01 "a"
    2E                         # QoS 2, No Local, Retain As Published, Retain Handling 2
    00 0F "$share/group/b"  "/"
    10                         # QoS 0, Retain Handling 1
    00 04 "$SYS"
    01                         # QoS 1
  `);
  assert.deepEqual(decode(frame, 5), {
    kind: 'subscribe',
    packetId: 10,
    subscriptions: [
      { topicFilter: 'a', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 },
      { topicFilter: '$share/group/b/', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 1 },
      { topicFilter: '$SYS', qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 },
    ],
    properties: { subscriptionIdentifiers: [128], userProperties: [['k', 'v']] },
  });
});

test('an UNSUBSCRIBE of 3.1.1 and of 5.0', () => {
  const unsubscribe = { kind: 'unsubscribe', packetId: 10, topicFilters: ['a', 'b/+'] };
  assert.deepEqual(decode(framed(0xa2, '00 0A 00 01 "a" 00 03 "b/+"'), 4), unsubscribe);
  assert.deepEqual(decode(framed(0xa2, '00 0A 00 00 01 "a" 00 03 "b/+"'), 5), unsubscribe);
  assert.deepEqual(decode(framed(0xa2, '00 0A 07 26 00 01 "k" 00 01 "v" 00 01 "a" 00 03 "b/+"'), 5), {
    ...unsubscribe,
    properties: { userProperties: [['k', 'v']] },
  });
});

test('[MQTT-3.8.3-3 3.1.1] [MQTT-3.8.3-2] a SUBSCRIBE needs one topic filter at least', () => {
  const expected = { code: 'no-topic-filters', reasonCode: 0x82, packetKind: 'subscribe' } as const;
  assertDecodeFault(framed(0x82, '00 0A'), 4, { ...expected, clause: 'MQTT-3.8.3-3', byteOffset: 4 });
  assertDecodeFault(framed(0x82, '00 0A 00'), 5, { ...expected, clause: 'MQTT-3.8.3-2', byteOffset: 5 });
});

test('[MQTT-3.10.3-2] [MQTT-3.10.3-2 3.1.1] an UNSUBSCRIBE needs one topic filter at least', () => {
  const expected = {
    code: 'no-topic-filters',
    reasonCode: 0x82,
    clause: 'MQTT-3.10.3-2',
    packetKind: 'unsubscribe',
  } as const;
  assertDecodeFault(framed(0xa2, '00 0A'), 4, { ...expected, byteOffset: 4 });
  assertDecodeFault(framed(0xa2, '00 0A 00'), 5, { ...expected, byteOffset: 5 });
});

for (const [packetKind, firstByte] of [
  ['subscribe', 0x82],
  ['unsubscribe', 0xa2],
] as const) {
  test(`[MQTT-2.3.1-1 3.1.1] [MQTT-2.2.1-3] the packet identifier of ${packetKind} must not be 0`, () => {
    assertDecodeFault(framed(firstByte, '00 00 00 01 "a" 00'), 4, {
      code: 'packet-id-zero',
      reasonCode: 0x82,
      clause: 'MQTT-2.3.1-1',
      byteOffset: 2,
      packetKind,
    });
  });

  test(`[MQTT-3.8.3-1] [MQTT-3.8.3-1 3.1.1] [MQTT-3.10.3-1] [MQTT-3.10.3-1 3.1.1] the topic filters of ${packetKind} must be UTF-8`, () => {
    assertDecodeFault(framed(firstByte, '00 0A 00 02 61 FF 00'), 4, {
      code: 'string-ill-formed',
      reasonCode: 0x81,
      clause: 'MQTT-1.5.3-1',
      byteOffset: 7,
      packetKind,
    });
  });

  for (const { filter, at, clause311, clause5 } of [
    { filter: '00 00', at: 0, clause311: '4.7.3', clause5: 'MQTT-4.7.3-1' },
    { filter: '00 05 "é/a#"', at: 4, clause311: '4.7.1.2', clause5: 'MQTT-4.7.1-1' },
    { filter: '00 05 "a/#/b"', at: 2, clause311: '4.7.1.2', clause5: 'MQTT-4.7.1-1' },
    { filter: '00 02 "a+"', at: 1, clause311: '4.7.1.3', clause5: 'MQTT-4.7.1-2' },
  ]) {
    test(`[${clause5}] the filter ${filter} of ${packetKind} is refused, where it is wrong`, () => {
      const expected = { code: 'topic-filter-invalid', reasonCode: 0x81, packetKind } as const;
      const options = packetKind === 'subscribe' ? '00' : '';
      assertDecodeFault(framed(firstByte, `00 0A ${filter} ${options}`), 4, {
        ...expected,
        byteOffset: 6 + at,
        clause: clause311,
      });
      assertDecodeFault(framed(firstByte, `00 0A 00 ${filter} ${options}`), 5, {
        ...expected,
        byteOffset: 7 + at,
        clause: clause5,
      });
    });
  }

  test(`[MQTT-4.8.2-1] [MQTT-4.8.2-2] a shared filter of ${packetKind} is checked in 5.0, and is one like any before`, () => {
    const options = packetKind === 'subscribe' ? '00' : '';
    assert.equal(decode(framed(firstByte, `00 0A 00 08 "$share/g" ${options}`), 4).kind, packetKind);
    assertDecodeFault(framed(firstByte, `00 0A 00 00 08 "$share/g" ${options}`), 5, {
      code: 'topic-filter-invalid',
      reasonCode: 0x81,
      clause: 'MQTT-4.8.2-2',
      byteOffset: 7 + 8,
      packetKind,
    });
  });
}

for (const [options, version, code, reasonCode, clause] of [
  ['03', 4, 'subscription-qos-invalid', 0x82, 'MQTT-3.8.3-4'],
  ['03', 5, 'subscription-qos-invalid', 0x82, '3.8.3.1'],
  ['04', 4, 'subscription-options-reserved', 0x81, 'MQTT-3.8.3-4'],
  ['80', 4, 'subscription-options-reserved', 0x81, 'MQTT-3.8.3-4'],
  ['40', 5, 'subscription-options-reserved', 0x81, 'MQTT-3.8.3-5'],
  ['80', 5, 'subscription-options-reserved', 0x81, 'MQTT-3.8.3-5'],
  ['30', 5, 'retain-handling-invalid', 0x82, '3.8.3.1'],
] as const) {
  test(`[MQTT-3.8.3-4 3.1.1] [MQTT-3.8.3-5] subscription options 0x${options} are ${code} in version ${version}`, () => {
    const body = version === 5 ? '00 0A 00 00 01 "a"' : '00 0A 00 01 "a"';
    assertDecodeFault(framed(0x82, `${body} ${options}`), version, {
      code,
      reasonCode,
      clause,
      byteOffset: 2 + hex(body).length,
      packetKind: 'subscribe',
      message: new RegExp(version === 4 || options !== '03' ? `0x${options}` : '3'),
    });
  });
}

test('in 3.1 the upper bits of the requested QoS are not looked at', () => {
  const packet = decode(framed(0x82, '00 0A 00 01 "a" FD'), 3);
  assert.equal(packet.kind === 'subscribe' && packet.subscriptions[0]?.qos, 1);
});

test('[MQTT-3.8.3-4] No Local is not for shared subscriptions', () => {
  assertDecodeFault(framed(0x82, '00 0A 00 00 0A "$share/g/a" 05'), 5, {
    code: 'no-local-on-shared-subscription',
    reasonCode: 0x82,
    clause: 'MQTT-3.8.3-4',
    byteOffset: 17,
    packetKind: 'subscribe',
  });
});

test('a topic filter without its options is truncated', () => {
  assertDecodeFault(framed(0x82, '00 0A 00 01 "a"'), 4, {
    code: 'packet-truncated',
    reasonCode: 0x81,
    clause: '4.8',
    byteOffset: 7,
    packetKind: 'subscribe',
    message: /requested QoS.*1 byte needed/,
  });
  assertDecodeFault(framed(0x82, '00 0A 00 00 01 "a"'), 5, {
    code: 'packet-truncated',
    reasonCode: 0x81,
    clause: '4.13.1',
    byteOffset: 8,
    packetKind: 'subscribe',
    message: /subscription options/,
  });
});
