/** The code for each target, read as text. test/device compiles it and runs it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ConnectionSettings,
  certificatesIn,
} from '../../../../src/extension/connectionCode/connectionSettings.ts';
import {
  clipboardText,
  connectionTargets,
} from '../../../../src/extension/connectionCode/connectionTargets.ts';
import {
  commentLines,
  cText,
  pythonText,
  rustText,
} from '../../../../src/extension/connectionCode/sourceText.ts';

const plain: ConnectionSettings = {
  host: '192.168.1.20',
  port: 1884,
  clientId: 'board-1',
  topicPrefix: 'board-1',
};
const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\nAQ==\n-----END CERTIFICATE-----\n';

const codeOf = (target: (typeof connectionTargets)[number], settings: ConnectionSettings): string =>
  clipboardText(target.generate(settings));

describe('texts as literals', () => {
  const text = 'a"b\\c\nd\u0000?\u{1f321}é1';

  test('Python takes \\u and \\U', () => {
    assert.equal(pythonText(text), '"a\\"b\\\\c\\u000ad\\u0000?\\U0001f321\\u00e91"');
  });

  test('Rust takes \\u{}', () => {
    assert.equal(rustText(text), '"a\\"b\\\\c\\u{a}d\\u{0}?\\u{1f321}\\u{e9}1"');
  });

  test('C takes the bytes of UTF-8, and ends a literal where a digit would go on', () => {
    assert.equal(cText('é1'), '"\\xc3\\xa9" "1"');
  });

  test('a comment is wrapped between words, and each line of it begins as it should', () => {
    const lines = commentLines('//', 'word '.repeat(60).trimEnd());
    assert.ok(lines.length > 1);
    assert.ok(lines.every((line) => /^\/\/(?: word)+$/.test(line) && line.length <= 100));
  });
});

describe('certificates of a file', () => {
  test('are taken out of what stands around them, with the line ends of a source', () => {
    const text = `subject=CN = x\r\n${certificate.replaceAll('\n', '\r\n')}\r\n# and another\n${certificate}`;
    assert.equal(certificatesIn(text), certificate + certificate);
  });

  test('are none where there is a key alone, or text that would leave the literal', () => {
    assert.equal(certificatesIn('-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n'), undefined);
    assert.equal(
      certificatesIn('-----BEGIN CERTIFICATE-----\n"""; import os\n-----END CERTIFICATE-----\n'),
      undefined,
    );
  });

  test('never bring the private key of the same file into the code', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n';
    for (const target of connectionTargets) {
      const code = codeOf(target, { ...plain, tls: { caPem: key + certificate } });
      assert.ok(!code.includes('SECRET'), target.id);
      assert.ok(code.includes('MIIB'), target.id);
    }
  });
});

for (const target of connectionTargets) {
  describe(`code for ${target.id}`, () => {
    test('has the address, the port, the client id and the topics', () => {
      const code = codeOf(target, plain);
      for (const part of ['192.168.1.20', '1884', 'board-1', 'board-1/status', 'board-1/set', 'offline'])
        assert.ok(code.includes(part), part);
    });

    test('publishes how long it has been on, which is nothing that a shell has', () => {
      const publishes = /publish\([^)]*TOPIC_UPTIME/.test(codeOf(target, plain));
      assert.equal(publishes, target.id !== 'mosquitto');
    });

    test('is ASCII, whatever the names are', () => {
      const name = 'kü\u202eche\u{1f321}';
      const code = codeOf(target, {
        ...plain,
        credentials: { username: name },
        clientId: name,
        topicPrefix: name,
      });
      // A shell has no escape that a person could read: there it is a word in quotes.
      if (target.id !== 'mosquitto') assert.match(code, /^[\t\n\x20-\x7e]+$/);
    });

    test('asks for a user name only where the broker does', () => {
      assert.doesNotMatch(codeOf(target, plain), /YOUR_PASSWORD|YOUR_USER_NAME/);
      const code = codeOf(target, { ...plain, credentials: { username: undefined } });
      assert.match(code, /YOUR_PASSWORD/);
      assert.match(code, /YOUR_USER_NAME/);
      assert.match(codeOf(target, { ...plain, credentials: { username: 'board-7' } }), /board-7/);
    });

    test('says what to change where the CA is not known', () => {
      const code = codeOf(target, { ...plain, tls: { caPem: undefined } });
      assert.match(code, /CHANGE THIS: The CA/);
      assert.match(code, /PASTE THE CERTIFICATE OF YOUR CA HERE/);
      assert.doesNotMatch(codeOf(target, { ...plain, tls: { caPem: certificate } }), /CHANGE THIS: The CA/);
    });

    test('says what to do where the broker lets in nobody without a certificate, and only there', () => {
      const codeFor = (tls: ConnectionSettings['tls']): string =>
        codeOf(target, { ...plain, ...(tls && { tls }) });
      const asks = /CHANGE THIS: the broker lets in no device without a certificate and a private key/;
      assert.match(codeFor({ caPem: certificate, requiresClientCertificate: true }), asks);
      assert.doesNotMatch(codeFor({ caPem: certificate }), asks);
      assert.doesNotMatch(codeFor(undefined), asks);
    });

    test('warns of an address that a board can’t reach, and no program beside the broker', () => {
      const code = codeOf(target, { ...plain, host: '127.0.0.1' });
      assert.equal(/MQTT: Expose Broker on the Local Network/.test(code), target.runsOn === 'board');
      assert.doesNotMatch(codeOf(target, plain), /MQTT: Expose Broker/);
    });

    test('has no line that is too long for a screen, but for names and addresses', () => {
      const tls = { caPem: undefined, requiresClientCertificate: true } as const;
      const longest = codeOf(target, { ...plain, tls })
        .split('\n')
        .filter((line) => line.length > 120 && !line.startsWith('mosquitto_') && !line.startsWith(': '));
      assert.deepEqual(longest, []);
    });
  });
}

test('one file is copied as it is, several each under its name', () => {
  assert.equal(clipboardText([{ name: 'a.c', text: 'x\n' }]), 'x\n');
  assert.equal(
    clipboardText([
      { name: 'src/main.rs', text: 'x\n' },
      { name: 'Cargo.toml', text: 'y\n' },
    ]),
    '// ==== src/main.rs ====\nx\n\n# ==== Cargo.toml ====\ny\n',
  );
});
