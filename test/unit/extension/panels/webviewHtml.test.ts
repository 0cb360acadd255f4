import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webviewHtml } from '../../../../src/extension/panels/webviewHtml.ts';

const page = webviewHtml({
  language: 'de',
  title: 'a"><script>alert(1)</script>',
  scriptUri: 'https://example.org/messages.js?a=1&b=2',
  styleUri: 'https://example.org/messages.css',
  cspSource: 'https://*.example.org',
  nonce: 'abc123',
  l10n: { 'Payload </script><b>': 'Nutzdaten' },
});

test('the policy allows nothing but the page’s own script and styles, and pictures that it makes itself', () => {
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
  assert.equal(
    policy,
    "default-src 'none'; script-src 'nonce-abc123'; style-src https://*.example.org; font-src https://*.example.org; img-src blob:;",
  );
  assert.doesNotMatch(page, /unsafe|style=|<style/);
});

test('a title is text, whatever a device named its topic', () => {
  assert.match(page, /<title>a&quot;&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;<\/title>/);
});

test('every script carries the nonce, and strings can’t end theirs', () => {
  const scripts = [...page.matchAll(/<script\b([^>]*)>/g)].map((match) => match[1] ?? '');
  assert.equal(scripts.length, 2);
  for (const attributes of scripts) assert.match(attributes, / nonce="abc123"/);
  const json = /id="l10n" nonce="abc123">(.*?)<\/script>/.exec(page)?.[1] ?? '';
  assert.deepEqual(JSON.parse(json), { 'Payload </script><b>': 'Nutzdaten' });
});

test('the page names its language, for screen readers', () => {
  assert.match(page, /<html lang="de">/);
});
