import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsPath } from '../../../../src/extension/connections/settingsPath.ts';

const surroundings = { folder: '/work/firmware', home: '/home/me' };

test('a workspace has the path from its folder, so that it holds for a team', () => {
  const file = '/work/firmware/certs/ca.pem';
  assert.equal(settingsPath(file, 'workspace', surroundings), 'certs/ca.pem');
  assert.equal(settingsPath(file, 'user', surroundings), file);
  assert.equal(settingsPath(file, 'workspace', { ...surroundings, folder: undefined }), file);
});

test('what is in the home folder begins with ~, for both', () => {
  for (const scope of ['user', 'workspace'] as const)
    assert.equal(settingsPath('/home/me/certs/me.key', scope, surroundings), '~/certs/me.key');
});

test('what is elsewhere stays as it is', () => {
  for (const file of ['/etc/ssl/ca.pem', '/work/firmware2/ca.pem', '/work/..ca.pem'])
    assert.equal(settingsPath(file, 'workspace', surroundings), file);
});
