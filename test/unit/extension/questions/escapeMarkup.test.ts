import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeIcons, escapeLinks } from '../../../../src/extension/questions/escapeMarkup.ts';

test('a topic that spells an icon stays text in a label', () => {
  assert.equal(escapeIcons('a/$(flame)/$(x)'), 'a/\\$(flame)/\\$(x)');
  assert.equal(escapeIcons('$SYS/(1)'), '$SYS/(1)');
});

test('a topic that spells a link stays text in a notification', () => {
  assert.doesNotMatch(escapeLinks('[here](command:workbench.action.quit)'), /\]\(/);
  assert.equal(escapeLinks('a [b] (c)'), 'a [b] (c)');
});
