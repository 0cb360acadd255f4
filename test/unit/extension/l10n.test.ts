import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bundlePath, collectBundle, stringsOf } from '../../../scripts/l10n.ts';

test('every string that a person sees is in l10n/bundle.l10n.json, and nothing else', () => {
  assert.deepEqual(
    JSON.parse(readFileSync(bundlePath, 'utf8')),
    JSON.parse(collectBundle()),
    'run node scripts/l10n.ts',
  );
});

test('strings are found in every quote, across lines, with their escapes', () => {
  const source = `
    l10n.t('one');
    t("two \\"2\\"");
    l10n.t(
      'three isn\\'t {0}', count,
    );
    t(\`four\\n\`);
    // t('not this')
    at('nor this');
  `;
  assert.deepEqual(stringsOf(source, 'x.ts'), ['one', 'two "2"', "three isn't {0}", 'four\n']);
});

test('a string that is put together can’t be collected, and is refused with its place', () => {
  for (const call of ["l10n.t('a' + b)", "t(c ? 'a' : 'b')", "t('a' || b)", 't(text)']) {
    assert.throws(() => stringsOf(`const a = 1;\n${call};`, 'x.ts'), /^Error: x\.ts:2:/, call);
  }
});
