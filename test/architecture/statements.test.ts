/**
 * Every numbered statement of MQTT has a test that carries its number, or a reason why it has none.
 *
 * A test's name carries `[MQTT-3.1.2-22]` for a statement of 5.0, and `[MQTT-3.1.2-24 3.1.1]` for one of 3.1.1: the
 * two versions number differently. The reasons are in test/conformance/untested.ts. docs/conformance.md is the list
 * that comes out; `UPDATE=1` writes it anew.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { statements, type Version } from '../conformance/statements.ts';
import { untested } from '../conformance/untested.ts';

const root = path.resolve(import.meta.dirname, '../..');
const page = path.join(root, 'docs/conformance.md');
const versions = ['5.0', '3.1.1'] as const;

interface Citation {
  version: Version;
  statement: string;
  file: string;
}

type State =
  | { kind: 'tested'; files: readonly string[] }
  | { kind: 'client-only' | 'not applicable'; why: string }
  | { kind: 'missing' };

const testFiles = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter(
    (file) =>
      file.endsWith('.test.ts') && !file.startsWith('architecture/') && !file.includes('node_modules/'),
  );

const read = (file: string): string => readFileSync(path.join(root, 'test', file), 'utf8');

/** Tests that speak to a server. Those of the codec and of the views may carry a number too, and do not count. */
const speaksToServer = /^(conformance|clients|faults|unit\/(broker|transports))\//;

/** A number in a comment says what a line is about, not that it is tested. */
const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

const citations: readonly Citation[] = testFiles.flatMap((file) =>
  [...withoutComments(read(file)).matchAll(/\[MQTT-([\d.]+-\d+)( 3\.1\.1)?\]/g)].map((match) => ({
    version: match[2] ? '3.1.1' : '5.0',
    statement: match[1] ?? '',
    file,
  })),
);

function filesOf(version: Version, statement: string): string[] {
  const found = citations.filter(
    (c) => c.version === version && c.statement === statement && speaksToServer.test(c.file),
  );
  return [...new Set(found.map(({ file }) => file))].sort();
}

function stateOf(version: Version, statement: string): State {
  const files = filesOf(version, statement);
  if (files.length > 0) return { kind: 'tested', files };
  const { clientOnly, notApplicable } = untested[version];
  const isOfClient = clientOnly[statement];
  if (isOfClient !== undefined) return { kind: 'client-only', why: isOfClient };
  const isOfNobody = notApplicable[statement];
  if (isOfNobody !== undefined) return { kind: 'not applicable', why: isOfNobody };
  return { kind: 'missing' };
}

/** Every statement that untested.ts names, as often as it does. */
function untestedNumbers(version: Version): string[] {
  const { clientOnly, notApplicable } = untested[version];
  return [...Object.keys(clientOnly), ...Object.keys(notApplicable)];
}

function render(): string {
  const lines = [
    '# Statements of the standard and their tests',
    '',
    'Every numbered normative statement of MQTT 5.0 and 3.1.1, by number, with the files of `test` in which a test carries',
    'it in its name, or the reason why none does. The wording is in the standards themselves.',
    '',
    '- **tested**: the server does it, or notices a client that does not.',
    '- **client-only**: binds the client alone, and a server cannot see whether it was done.',
    '- **not applicable**: binds a server that has what this one has not.',
    '',
    'Written by `UPDATE=1 node --test test/architecture/statements.test.ts`; the reasons are in',
    '`test/conformance/untested.ts`.',
    '',
  ];
  for (const version of versions) {
    const rows = statements[version].map((statement) => ({ statement, state: stateOf(version, statement) }));
    const count = (kind: State['kind']): number => rows.filter(({ state }) => state.kind === kind).length;
    lines.push(
      `## MQTT ${version}: ${rows.length} statements`,
      '',
      `${count('tested')} tested, ${count('client-only')} client-only, ${count('not applicable')} not applicable.`,
      '',
      '| Statement | State | Tests, or why there is none |',
      '|---|---|---|',
    );
    for (const { statement, state } of rows) lines.push(`| MQTT-${statement} | ${cellsOf(state)} |`);
    lines.push('');
  }
  return lines.join('\n');
}

function cellsOf(state: State): string {
  switch (state.kind) {
    case 'tested':
      return `tested | ${state.files.join(', ')}`;
    case 'client-only':
    case 'not applicable':
      return `${state.kind} | ${state.why}`;
    case 'missing':
      return `${state.kind} | –`;
  }
}

test('every number that a test carries is a statement of the version that it names', () => {
  const unknown = citations.filter(({ version, statement }) => !statements[version].includes(statement));
  assert.deepEqual(
    unknown.map(
      ({ version, statement, file }) => `${file}: MQTT-${statement} is not a statement of ${version}`,
    ),
    [],
  );
});

test('every statement has a test, or a reason why it has none', () => {
  const missing = versions.flatMap((version) =>
    statements[version]
      .filter((statement) => stateOf(version, statement).kind === 'missing')
      .map((statement) => `MQTT-${statement} of ${version}`),
  );
  assert.deepEqual(missing, [], 'write a test, or say in test/conformance/untested.ts why there is none');
});

test('what is said to have no test is a statement, is said once, and has none', () => {
  const problems = versions.flatMap((version) =>
    untestedNumbers(version).flatMap((statement, at, all) => {
      const name = `MQTT-${statement} of ${version}`;
      if (!statements[version].includes(statement)) return [`${name} is not a statement`];
      if (all.indexOf(statement) !== at) return [`${name} is in untested.ts twice`];
      const files = filesOf(version, statement);
      return files.length > 0 ? [`${name} is in untested.ts, and tested in ${files.join(', ')}`] : [];
    }),
  );
  assert.deepEqual(problems, []);
});

test('the conformance tests run over a network, not over memory', () => {
  const overMemory = testFiles.filter(
    (file) =>
      file.startsWith('conformance/') && /support\/(brokerUnderTest|memoryTransport)\.ts'/.test(read(file)),
  );
  assert.deepEqual(overMemory, [], 'import BrokerOverNetwork from test/support/brokerOverNetwork.ts');
});

test('docs/conformance.md lists the statements and their tests as they are', () => {
  const text = render();
  if (process.env.UPDATE) writeFileSync(page, text);
  assert.equal(
    readFileSync(page, 'utf8'),
    text,
    'run: UPDATE=1 node --test test/architecture/statements.test.ts',
  );
});
