/** docs/faults.md has every fault, preset and field, and its example is a configuration. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseConfiguration } from '../../../src/configuration/configurationFile.ts';
import { faultKindNames } from '../../../src/faults/faultKinds.ts';
import { fieldsOfKind } from '../../../src/faults/faultObject.ts';
import { presetNames } from '../../../src/faults/presets.ts';
import { inRepository } from '../../support/repository.ts';

const page = readFileSync(inRepository('docs/faults.md'), 'utf8');

test('every kind of fault has its paragraph, in the order of the table, with all of its fields', () => {
  const parts = page.split(/^### /m).slice(1);
  const names = parts.map((part) => part.split('\n', 1)[0]);
  assert.deepEqual(names, faultKindNames);
  const common = ['percent', 'times'];
  for (const [i, kind] of faultKindNames.entries())
    for (const field of Object.keys(fieldsOfKind[kind]))
      if (!common.includes(field)) assert.ok(parts[i]?.includes(`\`${field}\``), `${kind}: ${field}`);
});

test('every preset has its row', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| .* \| .* \|$/gm)].map(([, name]) => name);
  assert.deepEqual(rows, presetNames);
});

test('the example is a configuration', () => {
  const [, example = ''] = /^```json\n(.*?)^```/ms.exec(page) ?? [];
  assert.equal(parseConfiguration(example, 'docs/faults.md').kind, 'settings');
});
