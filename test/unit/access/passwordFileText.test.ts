import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashesOf, withoutUser, withUser } from '../../../src/broker/access/passwordFileText.ts';

const text = '# users\n\nalice:$7$1\n  bob : $7$2 \nalice:$scram$3\n# alice:not hers';

test("a user's lines are replaced where the first was, and every other line stays as it is", () => {
  assert.equal(
    withUser(text, 'alice', ['$7$new', '$scram$new']),
    '# users\n\nalice:$7$new\nalice:$scram$new\n  bob : $7$2 \n# alice:not hers\n',
  );
  assert.deepEqual(hashesOf(text, 'alice'), ['$7$1', '$scram$3']);
  assert.deepEqual(hashesOf(text, 'bob'), ['$7$2']);
});

test('a new user comes at the end, also behind a last line without an end, and first in an empty file', () => {
  assert.equal(withUser('a:1', 'b', ['2']), 'a:1\nb:2\n');
  assert.equal(withUser('a:1\r\n', 'b', ['2']), 'a:1\r\nb:2\r\n');
  assert.equal(withUser('', 'b', ['2']), 'b:2\n');
});

test('a user is removed with all lines, and nobody else', () => {
  assert.equal(withoutUser(text, 'alice'), '# users\n\n  bob : $7$2 \n# alice:not hers');
  assert.equal(withoutUser(text, 'ali'), text);
  assert.equal(withoutUser('\ufeffalice:1\nb:2\n', 'alice'), 'b:2\n');
});
