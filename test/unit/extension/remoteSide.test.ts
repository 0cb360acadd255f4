import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOtherMachine } from '../../../src/extension/remoteSide.ts';

test('without a remote, and in a browser on the same machine, the broker runs on the person’s own computer', () => {
  for (const name of [undefined, '127.0.0.1:8080', 'localhost:8080', 'localhost']) {
    assert.equal(isOtherMachine(name), false, name);
  }
});

test('over SSH, in WSL, in a container or on a server elsewhere it does not', () => {
  for (const name of ['ssh-remote', 'wsl', 'dev-container', 'codespaces', 'code.example.org:8080']) {
    assert.equal(isOtherMachine(name), true, name);
  }
});
