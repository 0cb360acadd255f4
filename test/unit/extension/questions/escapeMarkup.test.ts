import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  escapeIcons,
  escapeLinks,
  escapeMarkdown,
} from '../../../../src/extension/questions/escapeMarkup.ts';

test('a topic that spells an icon stays text in a label', () => {
  assert.equal(escapeIcons('a/$(flame)/$(x)'), 'a/\\$(flame)/\\$(x)');
  assert.equal(escapeIcons('$SYS/(1)'), '$SYS/(1)');
});

test('a topic that spells a link stays text in a notification', () => {
  assert.doesNotMatch(escapeLinks('[here](command:workbench.action.quit)'), /\]\(/);
  assert.equal(escapeLinks('a [b] (c)'), 'a [b] (c)');
});

test('a topic that spells a link, a tag or a reference stays text in a tooltip', () => {
  assert.equal(escapeMarkdown('https://a.example'), 'https&#58;&#47;&#47;a&#46;example');
  assert.equal(escapeMarkdown('&lt;b>'), '&#38;lt&#59;b&#62;');
  assert.equal(escapeMarkdown('*a* [b](c) `d`'), '&#42;a&#42; &#91;b&#93;&#40;c&#41; &#96;d&#96;');
  assert.equal(escapeMarkdown('Größe 温度 é 1'), 'Größe 温度 é 1');
  assert.equal(escapeMarkdown('🌡'), '&#127777;');
  assert.equal(escapeMarkdown(' a  b c'), '&nbsp;a&nbsp;&nbsp;b c');
});
