/** Words of a shell and command lines, read as text. test/clients/copyAs.test.ts has a shell run them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mosquittoPub } from '../../../../../src/extension/payload/copyAs/mosquittoPub.ts';
import { bytesWord, printfOf, shellWord } from '../../../../../src/extension/payload/copyAs/shellWord.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const local = { kind: 'tcp', host: '127.0.0.1', port: 1883, requiresCredentials: false } as const;
const message = { topic: 'plant/t', qos: 0, retain: false, payload: bytesOf('21.5') } as const;

test('a plain word stands as it is, anything else in single quotes', () => {
  assert.equal(shellWord('plant/line-1/t:x@y,z%+'), 'plant/line-1/t:x@y,z%+');
  assert.equal(shellWord(''), "''");
  assert.equal(shellWord('$(reboot) `x` "y" \\ ! * ~'), '\'$(reboot) `x` "y" \\ ! * ~\'');
  assert.equal(shellWord("it's"), "'it'\\''s'");
  assert.equal(shellWord('küche'), "'küche'");
  assert.equal(shellWord('a\nb'), "'a\nb'");
});

test('a character that a terminal would act on is never pasted: printf makes it', () => {
  assert.equal(shellWord('a\tb'), '"$(printf \'a\\011b\')"');
  assert.equal(shellWord('\u001b[201~'), '"$(printf \'\\033[201~\')"');
  assert.equal(shellWord('\u0003\u009b'), '"$(printf \'\\003\\302\\233\')"');
});

test('line feeds at the end of bytes outlive the command substitution', () => {
  assert.equal(bytesWord(Uint8Array.of(0xff, 0x0a, 0x0a)), "\"$(printf '\\377')\"'\n\n'");
});

test('printf gets octal, percent signs twice, no hyphen in front, and nothing of bash’s history', () => {
  assert.equal(printfOf(bytesOf('a!b')), "printf 'a\\041b'");
  assert.equal(printfOf(bytesOf('-5% \\n\0')), "printf '\\0555%% \\134n\\000'");
  assert.equal(printfOf(bytesOf("'")), "printf ''\\'''");
});

test('a text is an argument of mosquitto_pub', () => {
  assert.equal(
    mosquittoPub({ ...message, qos: 1, retain: true, payload: bytesOf('{"t": 21}') }, local),
    `mosquitto_pub -h 127.0.0.1 -p 1883 -t plant/t -q 1 -r -m '{"t": 21}'\n`,
  );
});

test('bytes, and text that a terminal would act on, go through a pipe; nothing is a null message', () => {
  const command = 'mosquitto_pub -h 127.0.0.1 -p 1883 -t plant/t';
  assert.equal(
    mosquittoPub({ ...message, payload: Uint8Array.of(0, 255) }, local),
    `printf '\\000\\377' | ${command} -s\n`,
  );
  assert.equal(
    mosquittoPub({ ...message, payload: bytesOf('a\tb') }, local),
    `printf 'a\\011b' | ${command} -s\n`,
  );
  assert.equal(mosquittoPub({ ...message, payload: new Uint8Array() }, local), `${command} -n\n`);
});

test('a payload that is too long for an argument goes through a pipe', () => {
  const line = mosquittoPub({ ...message, payload: new Uint8Array(200_000).fill(0x61) }, local);
  assert.match(line, /^printf 'a{200000}' \| mosquitto_pub .* -s\n$/);
});

test('properties make it MQTT 5.0; what no argument can hold is left out with a word', () => {
  const properties = {
    payloadFormatIndicator: 1,
    messageExpiryInterval: 60,
    contentType: 'text/plain; charset=utf-8',
    responseTopic: 'answer',
    correlationData: Uint8Array.of(1, 0, 2),
    userProperties: [
      ['unit', '°C'],
      ['unit', 'K'],
    ],
    subscriptionIdentifiers: [7],
  } as const;
  assert.equal(
    mosquittoPub({ ...message, properties }, local),
    [
      ": 'The correlation-data holds a NUL, which no argument can: it is left out.'",
      `mosquitto_pub -h 127.0.0.1 -p 1883 -t plant/t -V mqttv5 -D publish payload-format-indicator 1 -D publish message-expiry-interval 60 -D publish content-type 'text/plain; charset=utf-8' -D publish response-topic answer -D publish user-property unit '°C' -D publish user-property unit K -m 21.5`,
      '',
    ].join('\n'),
  );
});

test('a topic that mosquitto_pub refuses is quoted all the same, with a word', () => {
  assert.equal(
    mosquittoPub({ ...message, topic: 'a\tb' }, local),
    [
      ": 'mosquitto_pub refuses this topic: it has a control character.'",
      'mosquitto_pub -h 127.0.0.1 -p 1883 -t "$(printf \'a\\011b\')" -m 21.5',
      '',
    ].join('\n'),
  );
});

test('a broker that asks for a password has that said, and no password told', () => {
  assert.equal(
    mosquittoPub(message, { ...local, requiresCredentials: true }),
    [
      ": 'The broker asks for a user name and a password: add -u and -P.'",
      'mosquitto_pub -h 127.0.0.1 -p 1883 -t plant/t -m 21.5',
      '',
    ].join('\n'),
  );
});

test('a broker with a Unix socket alone is reached by its path', () => {
  assert.equal(
    mosquittoPub(message, { kind: 'unix', path: '/tmp/my broker', requiresCredentials: false }),
    "mosquitto_pub --unix '/tmp/my broker' -t plant/t -m 21.5\n",
  );
});
