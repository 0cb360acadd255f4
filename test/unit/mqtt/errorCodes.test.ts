import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ErrorCode, errorCodes, protocolError } from '../../../src/mqtt/errorCodes.ts';
import { reasonCodeName } from '../../../src/mqtt/reasonCodes.ts';
import { statements } from '../../conformance/statements.ts';
import { inRepository } from '../../support/repository.ts';

const codes = Object.keys(errorCodes) as ErrorCode[]; // the table's keys are its type
const page = readFileSync(inRepository('docs/errors.md'), 'utf8');

/** Code to what stands under its heading. */
const entries = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((entry) => {
      const [code = '', ...rest] = entry.split('\n');
      return [code, rest.join('\n')];
    }),
);

function sourcesUnder(folder: string): string {
  return readdirSync(inRepository(folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('errorCodes.ts'))
    .map((file) => readFileSync(join(inRepository(folder), file), 'utf8'))
    .join('\n');
}

test('every error code has a heading in docs/errors.md, in the order of the table, and no heading is without a code', () => {
  assert.deepEqual([...entries.keys()], codes);
});

test('the page gives the reason code and the clauses of the table', () => {
  for (const code of codes) {
    const entry: { reasonCode: number; clause: string; clause311?: string } = errorCodes[code];
    const hex = entry.reasonCode.toString(16).toUpperCase();
    const older = entry.clause311 === undefined ? '' : ` (3.1.1: ${entry.clause311})`;
    const expected = `\`0x${hex}\` ${reasonCodeName(entry.reasonCode)} · ${entry.clause}${older}`;
    assert.equal(entries.get(code)?.trim().split('\n')[0], expected, code);
  }
});

test('every entry says what was seen, what is asked, the usual cause and what to do', () => {
  for (const [code, text] of entries) {
    for (const part of ['Seen', 'The standard asks', 'Usual cause', 'What to do']) {
      assert.match(text, new RegExp(`^- \\*\\*${part}:\\*\\* \\S.*\\.`, 'm'), `${code}: ${part}`);
    }
  }
});

test('links within the page lead to a heading', () => {
  for (const [, target] of page.matchAll(/\]\(#([^)]+)\)/g)) assert.ok(entries.has(target ?? ''), target);
});

test('a clause that is a statement is one of its version; the rest are sections', () => {
  for (const code of codes) {
    const entry: { clause: string; clause311?: string } = errorCodes[code];
    for (const [version, clause] of [
      ['5.0', entry.clause],
      ['3.1.1', entry.clause311],
    ] as const) {
      if (clause?.startsWith('MQTT-') !== true) continue;
      assert.ok(
        statements[version].includes(clause.slice('MQTT-'.length)),
        `${code}: ${clause} in ${version}`,
      );
    }
  }
});

test('every code is found by the decoder or by the broker', () => {
  const sources = sourcesUnder('src/mqtt') + sourcesUnder('src/broker');
  for (const code of codes) assert.ok(sources.includes(`'${code}'`), `${code} is thrown nowhere`);
});

test('every code that the decoder finds is tested', () => {
  const sources = sourcesUnder('src/mqtt');
  const tests = sourcesUnder('test/unit/mqtt');
  for (const code of codes) {
    if (sources.includes(`'${code}'`)) assert.ok(tests.includes(`'${code}'`), `${code} is in no test`);
  }
});

test('a clause is of the version spoken, and of 3.1.1 while none is known', () => {
  const clauses = ([3, 4, 5, undefined] as const).map(
    (version) => protocolError('packet-id-zero', version, { message: '' }).clause,
  );
  assert.deepEqual(clauses, ['MQTT-2.3.1-1', 'MQTT-2.3.1-1', 'MQTT-2.2.1-3', 'MQTT-2.3.1-1']);
  assert.equal(protocolError('packet-id-zero', 5, { message: '', clause: '1.2' }).clause, '1.2');
});

test('a ProtocolError carries no stack: a flood of them stays cheap', () => {
  const limit = Error.stackTraceLimit;
  const error = protocolError('qos-invalid', 5, { message: 'what was seen' });
  assert.doesNotMatch(error.stack ?? '', /\n\s+at /);
  assert.equal(Error.stackTraceLimit, limit);
});
