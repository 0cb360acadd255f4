/**
 * Which numbered statements of MQTT have a test that carries their number.
 *
 * A test's name carries `[MQTT-3.1.2-22]` for a statement of 5.0, and `[MQTT-3.1.2-24 3.1.1]` for one of 3.1.1: the
 * two versions number differently. docs/conformance.md is the list that comes out; `UPDATE=1` writes it anew.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { statements, type Version } from '../conformance/statements.ts';

const root = path.resolve(import.meta.dirname, '../..');
const page = path.join(root, 'docs/conformance.md');

interface Citation {
  version: Version;
  statement: string;
  file: string;
}

function citations(): Citation[] {
  const files = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter(
      (file) =>
        file.endsWith('.test.ts') && !file.startsWith('architecture/') && !file.includes('node_modules/'),
    );
  return files.flatMap((file) =>
    [
      ...readFileSync(path.join(root, 'test', file), 'utf8').matchAll(/\[MQTT-([\d.]+-\d+)( 3\.1\.1)?\]/g),
    ].map((match) => ({
      version: match[2] ? '3.1.1' : '5.0',
      statement: match[1] ?? '',
      file,
    })),
  );
}

function render(found: readonly Citation[]): string {
  const lines = [
    '# Statements of the standard and their tests',
    '',
    'Every numbered normative statement of MQTT 3.1.1 and 5.0, by number, and the test files in which a test carries it.',
    'The wording is in the standards themselves. Written by `UPDATE=1 node --test test/architecture/statements.test.ts`.',
    '',
  ];
  for (const version of ['5.0', '3.1.1'] as const) {
    const rows = statements[version].map((statement) => {
      const files = new Set(
        found.filter((c) => c.version === version && c.statement === statement).map((c) => c.file),
      );
      return { statement, files: [...files].sort() };
    });
    const tested = rows.filter((row) => row.files.length > 0).length;
    lines.push(
      `## MQTT ${version}: ${tested} of ${rows.length} have a test`,
      '',
      '| Statement | Tests |',
      '|---|---|',
    );
    for (const row of rows) lines.push(`| MQTT-${row.statement} | ${row.files.join(', ') || '–'} |`);
    lines.push('');
  }
  return lines.join('\n');
}

test('every number that a test carries is a statement of the version that it names', () => {
  const unknown = citations().filter(({ version, statement }) => !statements[version].includes(statement));
  assert.deepEqual(
    unknown.map(
      ({ version, statement, file }) => `${file}: MQTT-${statement} is not a statement of ${version}`,
    ),
    [],
  );
});

test('docs/conformance.md lists the statements and their tests as they are', () => {
  const text = render(citations());
  if (process.env.UPDATE) writeFileSync(page, text);
  assert.equal(
    readFileSync(page, 'utf8'),
    text,
    'run: UPDATE=1 node --test test/architecture/statements.test.ts',
  );
});
