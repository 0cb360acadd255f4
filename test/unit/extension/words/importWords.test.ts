/** What is told of connections of other programs, and of messages that wait for one. */
import '../../../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readImport } from '../../../../src/extension/connections/import/readImport.ts';

const { describeImported, explainImported } = await import('../../../../src/extension/words/importWords.ts');
const { describeQueue, explainQueue } = await import('../../../../src/extension/words/offlineQueueWords.ts');

const surroundings = { isTrusted: true, folder: undefined, home: '/home/me', takenNames: [] };

test('a connection that is taken over whole has nothing to tell but its user', () => {
  const read = readImport('mqtt://me:secret@broker.example', surroundings);
  assert.ok(read.kind === 'read');
  const [connection] = read.connections;
  assert.ok(connection !== undefined);
  assert.equal(describeImported(connection), 'User name me · with its password');
  assert.deepEqual(explainImported(connection), []);
});

test('what is missing is a sentence each, with the field and what to do', () => {
  const read = readImport(
    'mosquitto_sub -h a --insecure --psk 1 --cafile ca.pem -t a/#/b -k 99999',
    surroundings,
  );
  assert.ok(read.kind === 'read');
  const [connection] = read.connections;
  assert.ok(connection !== undefined);
  assert.equal(describeImported(connection), 'not all could be taken over');
  const sentences = explainImported(connection);
  for (const [i, sentence] of [
    /^There, any certificate of the broker was taken\. Here it is checked/,
    /^--psk: nothing here stands for it\.$/,
    /^keepAliveSeconds is left out: it must be a whole number from 0 to 65535\.$/,
    /^tls\.ca is left out: it is a path from the workspace folder, and no folder is open\.$/,
    /^subscriptions\.1\.topicFilter is left out: it is no topic filter\.$/,
  ].entries())
    assert.match(sentences[i] ?? '', sentence);
  assert.equal(sentences.length, 5);
});

test('certificates that come with it are told, also where there is no password', () => {
  const ca = '-----BEGIN CERTIFICATE-----\n';
  const read = readImport(
    JSON.stringify([{ name: 'a', host: 'a', protocol: 'tls', ca, key: ca }]),
    surroundings,
  );
  assert.ok(read.kind === 'read');
  const [connection] = read.connections;
  assert.ok(connection !== undefined);
  assert.equal(describeImported(connection), 'with its certificates · not all could be taken over');
  assert.match(
    explainImported(connection)[0] ?? '',
    /is not what tls\.key wants in PEM: choose a file for it\.$/,
  );
});

test('messages that wait are told short on the row, and with how they get lost in the tooltip', () => {
  assert.deepEqual([describeQueue(undefined), explainQueue(undefined)], [[], []]);
  const queue = { messages: 2, bytes: 2_048, notSent: 1, firstProblem: 'Not authorized' };
  assert.deepEqual(describeQueue(queue), ['2 messages to send', '1 message not sent']);
  const [waiting, notSent] = explainQueue(queue);
  assert.match(
    waiting ?? '',
    /^2 messages, 2 KiB, to send when it is connected again\. They are in memory alone/,
  );
  assert.equal(notSent, '1 message that waited, not sent: Not authorized.');
});
