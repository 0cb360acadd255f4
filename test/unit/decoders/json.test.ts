/** JSON: its values, and where it stops being it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonFault } from '../../../src/decoders/jsonSyntax.ts';
import { hex } from '../../support/bytes.ts';
import { decodeAs, decodedOf, failureOf, jsonTextOf, offered } from '../../support/decoding.ts';
import { SeededRandom } from '../../support/random.ts';

test('an object or a list is offered as JSON before text, a bare number after it', () => {
  assert.deepEqual(offered('{"t": 21.5}'), ['json', 'text', 'hex']);
  assert.deepEqual(offered(' [1, 2]\n'), ['json', 'text', 'hex']);
  assert.deepEqual(offered('21.5'), ['text', 'json', 'hex']);
});

test('what only begins like JSON is offered after text, unless its content type says JSON', () => {
  assert.deepEqual(offered('{"t": 21.5,}'), ['text', 'json', 'hex']);
  assert.deepEqual(offered('[12:30] started'), ['text', 'json', 'hex']);
  assert.deepEqual(offered('{"t": 21.5,}', { contentType: 'application/json; charset=utf-8' })[0], 'json');
  assert.deepEqual(offered('hello'), ['text', 'hex']);
});

test('the text is shown as it came, so that numbers keep every digit', async () => {
  const text = '{"id": 12345678901234567890, "x": 1.0}';
  assert.equal(jsonTextOf(await decodeAs('json', text)), text);
});

test('the value is there for plots', async () => {
  assert.deepEqual(decodedOf(await decodeAs('json', '{"t": [21.5, true]}')).value, { t: [21.5, true] });
});

const faults: [what: string, text: string, line: number, column: number, atByte: number, message: RegExp][] =
  [
    ['a trailing comma', '{"a": 1,}', 1, 9, 8, /no value follows the last comma/],
    ['a trailing comma of a list', '[1,]', 1, 4, 3, /no value follows the last comma/],
    ['a missing comma', '{\n  "a": 1\n  "b": 2\n}', 3, 3, 13, /a comma or “}” is expected, and “"” is there/],
    ['single quotes', "{'a': 1}", 1, 2, 1, /a key in double quotes is expected/],
    ['a missing colon', '{"a" 1}', 1, 6, 5, /a colon is expected, and “1” is there/],
    ['NaN', '{"a": NaN}', 1, 7, 6, /a value is expected, and “NaN” is there/],
    ['a missing value', '{"a": }', 1, 7, 6, /a value is expected, and “}” is there/],
    ['a leading zero', '[007]', 1, 2, 1, /“007” is not a number/],
    ['a number without digits behind its point', '[1.]', 1, 2, 1, /“1.” is not a number/],
    ['a plus sign', '[+1]', 1, 2, 1, /a value is expected/],
    ['text behind the end', '{} x', 1, 4, 3, /the document has ended, and “x” follows/],
    ['a bracket of the other kind', '[1}', 1, 3, 2, /a comma or “\]” is expected, and “}” is there/],
    ['an unknown escape', '["\\q"]', 1, 3, 2, /“\\q” is an escape that JSON does not know/],
    ['a raw tab in a string', '["a\tb"]', 1, 4, 3, /must be escaped/],
    ['a string over two lines', '["a\nb"]', 1, 2, 1, /not closed on its line/],
    ['an early end', '{"a": [1, 2', 1, 12, 11, /ends too early/],
    ['an early end within a word', '[tru', 1, 5, 4, /ends too early/],
    ['an early end within a number', '[-', 1, 3, 2, /ends too early/],
    ['an early end within an escape', '["\\u12', 1, 7, 6, /ends too early/],
    ['nothing at all', ' \n', 2, 1, 2, /ends too early/],
    ['a fault behind characters of several bytes', '{"é€😀": x}', 1, 10, 14, /a value is expected, and “x”/],
  ];
for (const [what, text, line, column, atByte, message] of faults) {
  test(`${what} is a failure with its place`, async () => {
    const failure = failureOf(await decodeAs('json', text));
    assert.match(failure.message, message);
    assert.deepEqual(
      { line: failure.line, column: failure.column, atByte: failure.atByte },
      { line, column, atByte },
    );
  });
}

test('the offset of a fault counts a byte order mark and the width of UTF-16', async () => {
  assert.equal(failureOf(await decodeAs('json', hex('EF BB BF "[1,]"'))).atByte, 6);
  const wide = Buffer.concat([hex('FF FE'), Buffer.from('[1,]', 'utf16le')]);
  assert.equal(failureOf(await decodeAs('json', wide)).atByte, 8);
});

test('bytes that are not UTF-8 are a failure, with the first of them', async () => {
  const failure = failureOf(await decodeAs('json', hex('7B 22 FF 22 3A 31 7D')));
  assert.equal(failure.atByte, 2);
});

test('a hundred thousand nested lists are decoded', async () => {
  const text = '['.repeat(100_000) + ']'.repeat(100_000);
  assert.equal(jsonTextOf(await decodeAs('json', text)), text);
});

test('a million opening brackets are a failure at their end', async () => {
  const failure = failureOf(await decodeAs('json', '['.repeat(1_000_000)));
  assert.equal(failure.atByte, 1_000_000);
});

test('sixteen megabytes are decoded, without values and with a note', async () => {
  const item = '{"a":12345.5,"b":"text"},';
  const text = `[${item.repeat(Math.floor((16 * 1024 * 1024 - 3) / item.length))}0]`;
  const decoded = decodedOf(await decodeAs('json', text));
  assert.equal(decoded.view.kind, 'json');
  assert.equal(decoded.value, undefined);
  assert.match(decoded.notes.join(), /Longer than 4 MiB/);
});

test('more than sixteen megabytes are refused, and hex is recommended', async () => {
  const failure = failureOf(await decodeAs('json', new Uint8Array(16 * 1024 * 1024 + 1).fill(0x20)));
  assert.match(failure.message, /up to 16 MiB.*hex/);
});

test('a document that was cut is shown as far as it goes', async () => {
  const { notes, view } = decodedOf(await decodeAs('json', '{"a": [1, 2', {}, { isCut: true }));
  assert.deepEqual(view, { kind: 'json', text: '{"a": [1, 2' });
  assert.deepEqual(notes, ['Only the first bytes are here: the end of the document is missing.']);
  assert.match(failureOf(await decodeAs('json', '{"a": x, 2', {}, { isCut: true })).message, /“x” is there/);
});

test('the scan and JSON.parse agree on which texts are JSON', () => {
  const random = new SeededRandom(7);
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '\\',
    '\\u00e9',
    '1',
    '-',
    '0',
    '.5',
    'e3',
    'true',
    'nul',
    'l',
    ' ',
    '\n',
  ];
  let valid = 0;
  for (let i = 0; i < 20_000; i++) {
    const text = random.array(random.integer(1, 8), () => random.pick(pieces)).join('');
    let isJson = true;
    try {
      JSON.parse(text);
    } catch {
      isJson = false;
    }
    assert.equal(jsonFault(text) === undefined, isJson, text);
    if (isJson) valid++;
  }
  assert.ok(valid > 500, `only ${valid} of the texts were JSON`);
});
