import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatJson,
  isSpacedAfter,
  type JsonProblemKind,
  jsonRowTokens,
  layOutJson,
} from '../../../../src/webview/shared/json.ts';

const pretty = (text: string): string => formatJson(layOutJson(text));

test('objects and arrays of containers take a row a member, as a pretty print does', () => {
  assert.equal(
    pretty('{"a":1,"b":{"c":[{"d":null},true]}}'),
    [
      '{',
      '  "a": 1,',
      '  "b": {',
      '    "c": [',
      '      {',
      '        "d": null',
      '      },',
      '      true',
      '    ]',
      '  }',
      '}',
    ].join('\n'),
  );
});

test('a short array of plain values stays in one row, a long one takes a row a value', () => {
  assert.equal(
    pretty('{"accel":[0.1,-0.2,9.81],"tags":["a","b"]}'),
    '{\n  "accel": [0.1, -0.2, 9.81],\n  "tags": ["a", "b"]\n}',
  );
  assert.equal(layOutJson(JSON.stringify(Array.from({ length: 50 }, (_, i) => i + 1000))).rowCount, 52);
});

test('an array of short arrays takes a row each', () => {
  assert.equal(pretty('[[1,2],[3,4]]'), '[\n  [1, 2],\n  [3, 4]\n]');
});

test('empty containers stay in one row', () => {
  assert.equal(pretty('{"a":{},"b":[ ],"c":{ }}'), '{\n  "a": {},\n  "b": [],\n  "c": {}\n}');
});

test('numbers keep every digit and their own form', () => {
  const text =
    '{"id":18446744073709551615,"pi":3.14159265358979323846264338327950288,"v":1.0,"e":1E+05,"z":-0}';
  for (const number of [
    '18446744073709551615',
    '3.14159265358979323846264338327950288',
    '1.0',
    '1E+05',
    '-0',
  ]) {
    assert.match(pretty(text), new RegExp(` ${number.replace(/[.+]/g, '\\$&')},?$`, 'm'));
  }
});

test('strings keep their escapes, and brackets and commas in them are text', () => {
  assert.equal(
    pretty('{"a\\"b":"x,{}[]:\\\\","\\u00e9":"é"}'),
    '{\n  "a\\"b": "x,{}[]:\\\\",\n  "\\u00e9": "é"\n}',
  );
});

test('white space of the text itself does not show', () => {
  assert.equal(pretty(' \r\n{\t"a" \n:\t[ 1 ,\n2 ] , "b" : "x"\n}\n'), '{\n  "a": [1, 2],\n  "b": "x"\n}');
});

test('every value that JSON.parse takes is laid out without a problem, and means the same', () => {
  const values = [
    null,
    true,
    -12.5e-3,
    'text',
    '',
    [],
    {},
    [[]],
    [{}],
    { '': { '': [1, 'two', [3]] } },
    { deep: { er: { est: [{ a: [] }, {}] } } },
    ['line\nend', '\u2028', '😀', '\ud800'],
  ];
  for (const value of values) {
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 3)]) {
      assert.equal(layOutJson(text).problem, undefined, text);
      assert.deepEqual(JSON.parse(pretty(text)), JSON.parse(text));
    }
  }
});

const problems: [text: string, kind: JsonProblemKind, line: number, column: number, found: string][] = [
  ['', 'unexpectedEnd', 1, 1, ''],
  ['{', 'unexpectedEnd', 1, 2, ''],
  ['{"a"', 'unexpectedEnd', 1, 5, ''],
  ['{"a":', 'unexpectedEnd', 1, 6, ''],
  ['{"a":tru', 'unexpectedEnd', 1, 9, ''],
  ['{"a":-', 'unexpectedEnd', 1, 7, ''],
  ['{"a":1.', 'unexpectedEnd', 1, 8, ''],
  ['{"a":1e', 'unexpectedEnd', 1, 8, ''],
  ['["abc', 'unexpectedEnd', 1, 6, ''],
  ['["abc\\', 'unexpectedEnd', 1, 7, ''],
  ['["abc\\u12', 'unexpectedEnd', 1, 10, ''],
  ['[1, 2', 'unexpectedEnd', 1, 6, ''],
  ['{"temp": nan}', 'unexpected', 1, 10, 'nan'],
  ["{'a': 1}", 'unexpected', 1, 2, "'"],
  ['{a: 1}', 'unexpected', 1, 2, 'a'],
  ['{"a" 1}', 'unexpected', 1, 6, '1'],
  ['{"a": 1 "b": 2}', 'unexpected', 1, 9, '"'],
  ['{\n  "a": 1,\n  "b": }\n', 'unexpected', 3, 8, '}'],
  ['[1}', 'unexpected', 1, 3, '}'],
  ['nullable', 'unexpected', 1, 1, 'nullable'],
  ['[😀]', 'unexpected', 1, 2, '😀'],
  ['\n[x]', 'unexpected', 2, 2, 'x'],
  ['[1, 2,]', 'trailingComma', 1, 7, ']'],
  ['{"a": 1,}', 'trailingComma', 1, 9, '}'],
  ['{} {}', 'textAfterEnd', 1, 4, '{'],
  ['21.5 C', 'textAfterEnd', 1, 6, 'C'],
  ['["line\nend"]', 'unterminatedString', 1, 2, '"'],
  ['["\u0001"]', 'controlCharacter', 1, 3, '\u0001'],
  ['["\\x41"]', 'badEscape', 1, 3, '\\'],
  ['["\\u12G4"]', 'badEscape', 1, 3, '\\'],
  ['[01]', 'badNumber', 1, 2, '01'],
  ['[1.e5]', 'badNumber', 1, 2, '1'],
  ['[-x]', 'badNumber', 1, 2, '-'],
  ['[1.2.3]', 'badNumber', 1, 2, '1'],
];

for (const [text, kind, line, column, found] of problems) {
  test(`${JSON.stringify(text)} has ${kind} at ${line}:${column}, and JSON.parse refuses it too`, () => {
    const { problem } = layOutJson(text);
    assert.deepEqual(
      problem && { kind: problem.kind, line: problem.line, column: problem.column, found: problem.found },
      { kind, line, column, found },
    );
    assert.throws(() => JSON.parse(text));
  });
}

test('what comes before a problem is laid out, so that a cut text shows what there is', () => {
  const layout = layOutJson('{"a":[1,2],"b":"cut he');
  assert.equal(formatJson(layout), '{\n  "a": [1, 2],\n  "b": "cut he');
  assert.equal(layout.problem?.kind, 'unexpectedEnd');
});

test('tokens say what they are, and a key is told from a string', () => {
  const layout = layOutJson('{"k":"v","n":-1.5,"l":true}');
  assert.deepEqual(jsonRowTokens(layout, 1), [
    { kind: 'key', text: '"k"' },
    { kind: 'punctuation', text: ':' },
    { kind: 'string', text: '"v"' },
    { kind: 'punctuation', text: ',' },
  ]);
  assert.equal(jsonRowTokens(layout, 2)[2]?.kind, 'number');
  assert.equal(jsonRowTokens(layout, 3)[2]?.kind, 'literal');
  assert.equal(isSpacedAfter({ kind: 'punctuation', text: ':' }), true);
});

test('a row can be cut: its tokens then end where it is cut', () => {
  const layout = layOutJson(`["${'x'.repeat(5000)}"]`);
  assert.equal(jsonRowTokens(layout, 1, 100)[0]?.text.length, 100);
});

test('a million nested arrays, an object a level and a number of a million digits do not overflow', () => {
  const depth = 1_000_000;
  const nested = layOutJson('['.repeat(depth) + ']'.repeat(depth));
  assert.equal(nested.problem, undefined);
  assert.equal(nested.rowDepth(nested.rowCount - 1), 0);
  assert.equal(layOutJson('{"a":'.repeat(depth)).problem?.kind, 'unexpectedEnd');
  assert.equal(layOutJson('1'.repeat(depth)).problem, undefined);
  assert.equal(layOutJson('x'.repeat(depth)).problem?.found.length, 20);
  const long = layOutJson(`"${'\\n'.repeat(depth)}"`);
  assert.equal(jsonRowTokens(long, 0)[0]?.text.length, depth * 2 + 2);
});
