/** A test of a connection in words: what a broker on a machine does not do. test/connections has what real ones do. */
import '../../../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestStepView, TestView } from '../../../../src/contracts/connectionForm.ts';
import type { TestEndInfo, TestedStepInfo } from '../../../../src/contracts/connectionTests.ts';
import type { ServerCertificateInfo } from '../../../../src/contracts/remoteBrokers.ts';
import { type ConnectionProfile, readEntry } from '../../../../src/extension/connections/profiles.ts';
import type { TestedConnection } from '../../../../src/extension/words/connectionTestWords.ts';

const { describeTest } = await import('../../../../src/extension/words/connectionTestWords.ts');

const nowMs = Date.parse('2027-01-01T00:00:00Z');
const certificate: ServerCertificateInfo = {
  fingerprint: 'AB:CD',
  subject: 'broker.example',
  issuer: 'An Authority',
  validFrom: 'Jan  1 00:00:00 2026 GMT',
  validTo: 'Jan 11 12:00:00 2027 GMT',
  names: 'DNS:broker.example',
};

function profileOf(entry: object): ConnectionProfile {
  const all = { name: 'Gateway', url: 'mqtt://broker.example', ...entry };
  const { profile } = readEntry(all, 'user', [], { isTrusted: true, folder: undefined, home: '/home/me' });
  assert.ok(profile !== undefined);
  return profile;
}

function described(
  entry: object,
  steps: readonly TestedStepInfo[],
  end?: TestEndInfo,
  aside?: TestedConnection['aside'],
): TestView {
  const tested = { profile: profileOf(entry), clientId: 'desk-test', aside };
  return describeTest(tested, { steps, stage: end === undefined ? 'mqtt' : undefined }, end, nowMs);
}

const last = ({ steps }: TestView): TestStepView => {
  const step = steps.at(-1);
  assert.ok(step !== undefined);
  return step;
};
const fixes = (step: TestStepView): string[] =>
  step.fixes.map((fix) => (fix.kind === 'goTo' ? fix.field : fix.label));

function tls(chain: readonly ServerCertificateInfo[], version = 'TLSv1.2'): readonly TestedStepInfo[] {
  return [
    { kind: 'tls', tookMs: 5, tls: { version, cipher: 'TLS_X', chain } },
    { kind: 'trust', tookMs: 0, by: 'authority' },
  ];
}

test('while it goes on, it says what it waits for', () => {
  const view = described({}, [{ kind: 'network', tookMs: 1, address: '::1', port: 1, failedAddresses: [] }]);
  assert.deepEqual(
    view.steps.map(({ state, title }) => [state, title]),
    [
      ['passed', 'Connected to ::1, port 1'],
      ['running', 'Waiting for the answer of the broker…'],
    ],
  );
  assert.equal(view.isRunning, true);
  assert.equal(view.summary, undefined);
});

test('a certificate of the chain that is about to expire is a warning, with the days that are left', () => {
  const long = { ...certificate, validTo: 'Jan  1 00:00:00 2030 GMT' };
  const url = 'mqtts://broker.example';
  const soon = last(described({ url }, tls([long, certificate]), { kind: 'passed' }));
  assert.equal(soon.state, 'warned');
  assert.deepEqual(soon.details, [
    'An authority that this computer knows has signed it.',
    'The certificate of broker.example expires in 10 days, on 1/11/2027.',
  ]);
  assert.equal(last(described({ url }, tls([long, long]), { kind: 'passed' })).state, 'passed');
  const past = { ...certificate, validTo: 'Dec 31 00:00:00 2026 GMT' };
  assert.match(
    last(described({ url }, tls([past]), { kind: 'passed' })).details[1] ?? '',
    /has expired, on 12\/31\/2026/,
  );
});

test('an old version of TLS is a warning', () => {
  const [step] = described({ url: 'mqtts://a' }, tls([], 'TLSv1.1'), { kind: 'passed' }).steps;
  assert.deepEqual([step?.title, step?.state], ['TLS 1.1', 'warned']);
});

test('addresses that did not answer before the one that did are told', () => {
  const step = last(
    described(
      {},
      [{ kind: 'network', tookMs: 1, address: '127.0.0.1', port: 1883, failedAddresses: ['::1'] }],
      { kind: 'passed' },
    ),
  );
  assert.deepEqual(step.details, ['No answer from ::1, which was tried before.']);
});

test('a Unix socket and a proxy are told as such', () => {
  const network = {
    kind: 'network',
    tookMs: 1,
    address: '/run/m.sock',
    port: 0,
    failedAddresses: [],
  } as const;
  const unix = described({ url: 'mqtt+unix:///run/m.sock' }, [network], { kind: 'passed' });
  assert.equal(last(unix).title, 'Connected to the socket /run/m.sock');
  const proxy = { url: 'http://proxy:3128', username: 'me' };
  const through = described({ proxy }, [{ kind: 'proxy', tookMs: 1 }], { kind: 'passed' });
  assert.equal(last(through).title, 'The proxy has opened a way to broker.example');
  const refused: TestEndInfo = { kind: 'failed', message: '', fault: { stage: 'proxy', code: 'HTTP_407' } };
  assert.deepEqual(fixes(last(described({ proxy }, [], refused))), ['proxyPassword', 'proxy.username']);
});

test('that another client id was used is said, and what it may be the cause of', () => {
  assert.match(described({}, [], undefined, 'inUse').notes[0] ?? '', /^It is connected now\..*desk-test/);
  const { notes } = described({ will: { topic: 'a' } }, [], undefined, 'session');
  assert.match(notes[0] ?? '', /^The broker keeps a session/);
  assert.equal(notes[1], 'The test sets no will.');
  const refused: TestEndInfo = { kind: 'refused', reasonCode: 0x85, message: 'Client Identifier not valid' };
  const step = last(described({}, [], refused, 'inUse'));
  assert.deepEqual(step.details, [
    'Gateway does not accept the client id. Give the connection another one.',
    'Reason code 0x85: Client Identifier not valid',
    'The broker may know the client id of the connection itself, and not the one of the test.',
  ]);
  assert.deepEqual(fixes(step), ['clientId']);
  assert.equal(last(described({}, [], refused)).details.length, 2);
});

test('a version that is refused is changed by a button', () => {
  const refused: TestEndInfo = { kind: 'refused', reasonCode: 0x84, message: '' };
  assert.deepEqual(last(described({}, [], refused)).fixes, [
    { kind: 'change', label: 'Use MQTT 3.1.1', texts: { protocolVersion: '3.1.1' } },
  ]);
  assert.deepEqual(fixes(last(described({ protocolVersion: '3.1.1' }, [], refused))), ['Use MQTT 5.0']);
});

test('TLS on a port without it is left by a button, at the same port', () => {
  const failed: TestEndInfo = {
    kind: 'failed',
    message: '',
    fault: { stage: 'tls', code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
  };
  assert.deepEqual(last(described({ url: 'mqtts://a' }, [], failed)).fixes[0], {
    kind: 'change',
    label: 'Connect without TLS',
    texts: { transport: 'mqtt', port: '8883' },
  });
});

test('a server that says nothing is told from one that closes', () => {
  const failed = (code: string): TestEndInfo => ({
    kind: 'failed',
    message: '',
    fault: { stage: 'mqtt', code },
  });
  assert.match(last(described({}, [], failed('TIMEOUT'))).details[0] ?? '', /then says nothing/);
  assert.match(last(described({}, [], failed('NO_CONNACK'))).details[0] ?? '', /closed the connection/);
});

test('one that was called off has no failure', () => {
  const end: TestEndInfo = { kind: 'failed', message: '', fault: { stage: 'mqtt', code: 'ABORTED' } };
  const view = described({}, [], end);
  assert.deepEqual([view.steps, view.summary], [[], 'The test was called off.']);
});

test('what a broker announces is text of one line, cut where it is long', () => {
  const announced = { responseInformation: `a\nb${'x'.repeat(500)}`, maximumPacketSize: 2_048 };
  const step = last(
    described({}, [{ kind: 'mqtt', tookMs: 1, isSessionPresent: false, announced }], { kind: 'passed' }),
  );
  const rows = Object.fromEntries(step.facts.flatMap(({ rows: each }) => each));
  assert.equal(rows['Maximum packet size'], '2 KiB');
  assert.ok((rows['Response information'] ?? '').length <= 201);
  assert.doesNotMatch(rows['Response information'] ?? '', /\n/);
});
