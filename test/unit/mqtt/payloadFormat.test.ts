import assert from 'node:assert/strict';
import { test } from 'node:test';
import { payloadFormatProblem } from '../../../src/mqtt/payloadFormat.ts';
import { hex } from '../../support/packetBytes.ts';

test('text of any length is well-formed, with U+0000 and a byte order mark too', () => {
  for (const text of ['', 'a', 'grün €😀', '\0', '\ufeffa\0b', 'x'.repeat(5000)])
    assert.equal(payloadFormatProblem(Buffer.from(text), { payloadFormatIndicator: 1 }), undefined);
});

test('without the indicator, or with 0, any bytes will do', () => {
  for (const properties of [undefined, {}, { payloadFormatIndicator: 0 }] as const)
    assert.equal(payloadFormatProblem(hex('FF FE 00'), properties), undefined);
});

for (const [bytes, offset, byte, what] of [
  ['"abc" FF', 3, 'FF', 'is not UTF-8'],
  ['00 00 "a" C3', 3, 'C3', 'starts a character that goes on after the end'],
  ['"a" ED A0 80', 1, 'ED', 'starts a surrogate'],
  ['C0 80', 0, 'C0', 'starts a character that takes fewer bytes'],
  ['F4 90 80 80', 0, 'F4', 'starts a character beyond U+10FFFF'],
] as const) {
  test(`a payload of ${bytes} is refused at offset ${offset}, as its byte ${what}`, () => {
    const payload = hex(bytes);
    const problem = payloadFormatProblem(payload, { payloadFormatIndicator: 1 });
    const start = `The Payload Format Indicator says UTF-8, and the byte at offset ${offset} of the payload's ${payload.length} (0x${byte}) ${what}`;
    assert.equal(problem?.slice(0, start.length), start);
  });
}
