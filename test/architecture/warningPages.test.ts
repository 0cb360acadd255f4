/** docs/warnings.md has an entry for each kind of warning, under the heading that the extension opens. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inRepository } from '../support/repository.ts';

const page = readFileSync(inRepository('docs/warnings.md'), 'utf8');

test('every kind of warning has its heading, and says what was seen, why it matters and what to change', () => {
  const [, facts = ''] =
    /export type WarningFacts =(.*?);\n\n/s.exec(
      readFileSync(inRepository('src/contracts/clients.ts'), 'utf8'),
    ) ?? [];
  // After `kind: `: one literal, or several in a row.
  const kinds = [...facts.matchAll(/kind: ('\w+'(?: \| '\w+')*)/g)].flatMap(([, names = '']) =>
    names.split(' | ').map((name) => name.slice(1, -1)),
  );
  assert.ok(kinds.length > 10, `${kinds.length} kinds found`);
  const entries = new Map(
    page
      .split(/^### /m)
      .slice(1)
      .map((entry) => [entry.slice(0, entry.indexOf('\n')), entry]),
  );
  assert.deepEqual([...entries.keys()].sort(), [...kinds].sort());
  for (const [kind, entry] of entries)
    for (const part of ['- **Seen:** ', '- **Why it matters:** ', '- **What to change:** '])
      assert.ok(entry.includes(`\n${part}`), `${kind}: ${part}`);
});
