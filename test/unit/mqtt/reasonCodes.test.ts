import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PacketKind } from '../../../src/mqtt/packets.ts';
import {
  connackReturnCode,
  isReasonCodeOf,
  ReasonCode,
  reasonCodeName,
  reasonCodeOfReturnCode,
} from '../../../src/mqtt/reasonCodes.ts';

/** The tables of the sections on each packet, by value. */
const codesOfSections: readonly (readonly [PacketKind, string, string])[] = [
  ['connack', '3.2.2.2', '00 80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F'],
  ['puback', '3.4.2.1', '00 10 80 83 87 90 91 97 99'],
  ['pubrec', '3.5.2.1', '00 10 80 83 87 90 91 97 99'],
  ['pubrel', '3.6.2.1', '00 92'],
  ['pubcomp', '3.7.2.1', '00 92'],
  ['suback', '3.9.3', '00 01 02 80 83 87 8F 91 97 9E A1 A2'],
  ['unsuback', '3.11.3', '00 11 80 83 87 8F 91'],
  [
    'disconnect',
    // 0x8C is in table 2-6 only: section 3.14.2.1 forgot it.
    '3.14.2.1',
    '00 04 80 81 82 83 87 89 8B 8C 8D 8E 8F 90 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2',
  ],
  ['auth', '3.15.2.1', '00 18 19'],
  ['publish', '3.3', ''],
  ['pingreq', '3.12', ''],
];

for (const [kind, section, codes] of codesOfSections) {
  test(`${kind} carries the reason codes of section ${section}, and no others`, () => {
    const allowed = new Set(codes.split(' ').map((code) => Number.parseInt(code, 16)));
    for (let code = 0; code < 256; code++) {
      assert.equal(isReasonCodeOf(kind, code), allowed.has(code), `0x${code.toString(16)}`);
    }
  });
}

test('a code has the name that it has in its packet', () => {
  assert.equal(reasonCodeName(0), 'Success');
  assert.equal(reasonCodeName(0, 'connack'), 'Success');
  assert.equal(reasonCodeName(0, 'disconnect'), 'Normal disconnection');
  assert.equal(reasonCodeName(0, 'suback'), 'Granted QoS 0');
  assert.equal(reasonCodeName(0x86, 'connack'), 'Bad User Name or Password');
  assert.equal(reasonCodeName(0x86, 'puback'), 'Bad User Name or Password');
  assert.equal(reasonCodeName(0x05), 'Unknown reason code 0x05');
});

test('every constant is named after its code', () => {
  for (const [constant, code] of Object.entries(ReasonCode)) {
    const kind =
      constant === 'normalDisconnection'
        ? 'disconnect'
        : constant.startsWith('granted')
          ? 'suback'
          : 'connack';
    const letters = reasonCodeName(code, kind)
      .replace(/[^a-z0-9]/gi, '')
      .toLowerCase();
    assert.equal(constant.toLowerCase(), letters);
  }
});

test('every refusal of 5.0 has a return code of 3.1.1, and the six come back', () => {
  for (let code = 0; code < 256; code++) {
    if (!isReasonCodeOf('connack', code)) continue;
    const returnCode = connackReturnCode(code);
    assert.ok(code === 0 ? returnCode === 0 : returnCode >= 1 && returnCode <= 5);
  }
  for (let returnCode = 0; returnCode <= 5; returnCode++) {
    assert.equal(connackReturnCode(reasonCodeOfReturnCode(returnCode) ?? -1), returnCode);
  }
  assert.equal(reasonCodeOfReturnCode(6), undefined);
  assert.equal(connackReturnCode(ReasonCode.quotaExceeded), 3);
  assert.equal(connackReturnCode(ReasonCode.banned), 5);
});
