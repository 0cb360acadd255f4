import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorCodes } from '../../../src/mqtt/errorCodes.ts';
import { faultCauses } from '../../../src/trace/faultCauses.ts';
import { explainFault, verdictOn } from '../../../src/trace/packetFault.ts';
import { inRepository } from '../../support/repository.ts';

const entries = readFileSync(inRepository('docs/errors.md'), 'utf8').split(/^### /m).slice(1);

/** What a part of an entry says, as it is written. */
function partOf(entry: string, part: string): string {
  return new RegExp(`^- \\*\\*${part}:\\*\\* (.*)$`, 'm').exec(entry)?.[1] ?? '';
}

/** Without the marks of Markdown. */
function bare(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('`', '');
}

/** Causes stand behind one another, a semicolon between them. Each begins with a capital, but code and topics stay as they are. */
function causesOf(entry: string): string[] {
  return partOf(entry, 'Usual cause')
    .split('; ')
    .map((cause) => cause.replace(/^or /, ''))
    .map((cause) => bare(`${cause.charAt(0).toUpperCase()}${cause.slice(1).replace(/\.$/, '')}.`));
}

test('the table says of each fault what docs/errors.md says, word by word', () => {
  const page = Object.fromEntries(
    entries.map((entry) => [
      entry.split('\n', 1)[0],
      {
        rule: bare(partOf(entry, 'The standard asks')),
        causes: causesOf(entry),
        advice: bare(partOf(entry, 'What to do')),
      },
    ]),
  );
  assert.deepEqual(faultCauses, page);
  assert.deepEqual(Object.keys(faultCauses), Object.keys(errorCodes));
});

test('a fault of behaviour, which no byte shows, is explained too', () => {
  const fault = explainFault({
    code: 'second-connect',
    clause: 'MQTT-3.1.0-2',
    message: 'A second CONNECT came.',
    byteOffset: undefined,
  });
  assert.equal(fault.offset, 0);
  assert.match(fault.causes.join(), /reconnect routine/);
  assert.match(fault.rule, /once/);
});

test('of flags that are wrong, the clause that is shown is among what the standard asks, and the byte to send in the advice', () => {
  for (const [first, asked] of [
    [0x60, '62'],
    [0x80, '82'],
    [0xa0, 'A2'],
    [0xe1, 'E0'],
  ] as const) {
    // A packet identifier and nothing else: the flags are looked at first.
    const verdict = verdictOn(Uint8Array.of(first, 2, 0, 1), 4, 5);
    assert.ok(verdict !== undefined);
    const { code, rule, advice, clause } = explainFault(verdict);
    assert.equal(code, 'fixed-header-flags');
    assert.ok(rule.includes(clause), clause);
    assert.match(advice, new RegExp(`\\b${asked}\\b`));
  }
});
