/**
 * The pages that list what is in a table of the broker: docs/limits.md and docs/sys-topics.md.
 *
 * The rows of sys-topics.md are written by `UPDATE=1`; those of limits.md are a person's, and have the table's numbers.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { defaultLimits, type LimitName, limitNames, limitRanges } from '../../src/broker/limits.ts';
import { sysTopics } from '../../src/broker/sysTopics.ts';
import { inRepository } from '../support/repository.ts';

/** The cells of each row whose first is a name in backquotes. */
function rowsOf(page: string): string[][] {
  return [...page.matchAll(/^\| (`.*) \|$/gm)].map(([, row = '']) =>
    row.split('|').map((cell) => cell.trim()),
  );
}

function rangeOf(name: LimitName): string {
  const [lowest, highest] = limitRanges[name];
  return highest === Number.MAX_SAFE_INTEGER
    ? `${lowest} or more`
    : `${lowest} to ${highest.toLocaleString('en')}`;
}

test('docs/limits.md has every limit, in order, with its default and its range', () => {
  const rows = rowsOf(readFileSync(inRepository('docs/limits.md'), 'utf8'));
  assert.deepEqual(
    rows.map(([name, value, range]) => [name, value, range]),
    limitNames.map((name) => [`\`${name}\``, defaultLimits[name].toLocaleString('en'), rangeOf(name)]),
  );
  for (const [name, , , , , , counter] of rows) {
    assert.ok(counter === '–' || limitNames.some((limit) => counter === `\`${limit}\``), name);
  }
});

test('docs/sys-topics.md has every topic with its meaning; UPDATE=1 writes them', () => {
  const file = inRepository('docs/sys-topics.md');
  const page = readFileSync(file, 'utf8');
  const rows = sysTopics.map(
    ({ topic, meaning }) => `| \`${topic.replace('$SYS/broker/', '')}\` | ${meaning} |`,
  );
  const written = page.replace(/(?<=\n\|---\|---\|\n)(\|.*\n)*/, `${rows.join('\n')}\n`);
  if (process.env.UPDATE === '1') writeFileSync(file, written);
  else assert.equal(page, written, 'run UPDATE=1 node --test test/architecture/brokerPages.test.ts');
});
