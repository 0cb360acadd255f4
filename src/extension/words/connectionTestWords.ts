/** A test of a connection, in words: each step with what was found, what it means, and what to do where it failed. */
import { l10n } from 'vscode';
import type { FactGroup, TestStepView, TestView } from '../../contracts/connectionForm.ts';
import type {
  TestEndInfo,
  TestedStepInfo,
  TestProgressInfo,
  TlsSessionInfo,
} from '../../contracts/connectionTests.ts';
import type { ServerCertificateInfo } from '../../contracts/remoteBrokers.ts';
import { hostOfAddress } from '../connections/connectionAddress.ts';
import type { ConnectionProfile } from '../connections/profiles.ts';
import { announcedFacts } from './announcedWords.ts';
import { fixesFor } from './connectionFixes.ts';
import { protocolName } from './connectionStateWords.ts';
import { formatName, formatNumber } from './formats.ts';
import { dateOf, explainConnect } from './remoteBrokerWords.ts';

export interface TestedConnection {
  profile: ConnectionProfile;
  /** As it was used. */
  clientId: string;
  /** Why that is another than the profile's: it is in use, or the broker keeps a session for it. */
  aside: 'inUse' | 'session' | undefined;
}

type Stage = TestStepView['stage'];
type FailedEnd = Exclude<TestEndInfo, { kind: 'passed' }>;

/** Time enough to renew one by hand. */
const SOON_DAYS = 30;
const DAY_MS = 86_400_000;
const MAX_NAME_CHARACTERS = 200;

export function describeTest(
  tested: TestedConnection,
  progress: TestProgressInfo,
  end: TestEndInfo | undefined,
  nowMs: number,
): TestView {
  const notes = notesOf(tested);
  const steps = progress.steps.map((step) => describeDone(step, progress.steps, tested, nowMs));
  if (end === undefined) {
    const { stage } = progress;
    if (stage !== undefined) steps.push(stepOf(stage, 'running', runningTitle(stage, tested.profile)));
    return { isRunning: true, notes, steps };
  }
  if (end.kind === 'passed')
    return { isRunning: false, notes, steps, hasPassed: true, summary: l10n.t('The connection works.') };
  if (end.kind === 'failed' && end.fault?.code === 'ABORTED')
    return { isRunning: false, notes, steps, summary: l10n.t('The test was called off.') };
  steps.push(describeFailure(tested, progress.steps, end));
  return {
    isRunning: false,
    notes,
    steps,
    hasPassed: false,
    summary: l10n.t('The connection does not work.'),
  };
}

function notesOf({ aside, clientId, profile }: TestedConnection): readonly string[] {
  const name = formatName(clientId);
  const notes: string[] = [];
  if (aside === 'inUse')
    notes.push(
      l10n.t(
        'It is connected now. The test has a client id of its own, {0}, so that the two do not throw each other out.',
        name,
      ),
    );
  if (aside === 'session')
    notes.push(
      l10n.t(
        'The broker keeps a session for the client id of this connection. The test has one of its own, {0}, and leaves that session alone.',
        name,
      ),
    );
  if (profile.will !== undefined) notes.push(l10n.t('The test sets no will.'));
  return notes;
}

function runningTitle(stage: Stage, { url, proxy }: ConnectionProfile): string {
  const host = formatName(hostOfAddress(url));
  switch (stage) {
    case 'name':
      return l10n.t('Looking up {0}…', host);
    case 'proxy':
      return l10n.t('Asking the proxy {0}…', formatName(proxy?.url ?? ''));
    case 'network':
      return l10n.t('Connecting to {0}…', host);
    case 'tls':
    case 'trust':
      return l10n.t('Agreeing on TLS…');
    case 'webSocket':
      return l10n.t('Opening the WebSocket…');
    case 'mqtt':
      return l10n.t('Waiting for the answer of the broker…');
    case 'address':
    case 'disconnect':
      return l10n.t('Testing…');
  }
}

function describeDone(
  step: TestedStepInfo,
  steps: readonly TestedStepInfo[],
  { profile, clientId }: TestedConnection,
  nowMs: number,
): TestStepView {
  const took = durationOf(step.tookMs);
  switch (step.kind) {
    case 'name': {
      const host = formatName(hostOfAddress(profile.url));
      return { ...stepOf('name', 'passed', l10n.t('{0} is known', host), [step.addresses.join(', ')]), took };
    }
    case 'proxy':
      return { ...describeProxy(profile), took };
    case 'network': {
      const { address, port, failedAddresses } = step;
      const title =
        port === 0
          ? l10n.t('Connected to the socket {0}', formatName(address, MAX_NAME_CHARACTERS))
          : l10n.t('Connected to {0}, port {1}', address, port);
      const failed = failedAddresses.join(', ');
      const details = failed === '' ? [] : [l10n.t('No answer from {0}, which was tried before.', failed)];
      return { ...stepOf('network', 'passed', title, details), took };
    }
    case 'tls':
      return { ...describeTls(step.tls, nowMs), took };
    case 'trust':
      return describeTrust(step.by, profile, chainOf(steps), nowMs);
    case 'webSocket':
      return { ...describeWebSocket(step.subprotocol), took };
    case 'mqtt': {
      const title = l10n.t('The broker lets this client connect');
      const as = l10n.t(
        '{0}, with the client id {1}',
        protocolName(profile.protocolVersion),
        formatName(clientId),
      );
      const facts = announcedFacts(step.announced, profile);
      return { ...stepOf('mqtt', 'passed', title, [as]), facts, took };
    }
    case 'disconnect':
      return { ...stepOf('disconnect', 'passed', l10n.t('Disconnected again')), took };
  }
}

function describeProxy({ url, proxy }: ConnectionProfile): TestStepView {
  const title = l10n.t('The proxy has opened a way to {0}', formatName(hostOfAddress(url)));
  return stepOf('proxy', 'passed', title, [formatName(proxy?.url ?? '', MAX_NAME_CHARACTERS)]);
}

function describeTls({ version, cipher, alpnProtocol, own }: TlsSessionInfo, nowMs: number): TestStepView {
  const details = [l10n.t('Cipher {0}', cipher)];
  if (alpnProtocol !== undefined) details.push(l10n.t('Protocol by ALPN: {0}', formatName(alpnProtocol)));
  if (own !== undefined)
    details.push(
      l10n.t(
        'With the client certificate of {0}, valid to {1}',
        formatName(own.subject),
        dateOf(own.validTo),
      ),
    );
  const warnings = own === undefined ? [] : expiryOf(own, nowMs);
  if (version === 'TLSv1' || version === 'TLSv1.1')
    warnings.push(l10n.t('This version of TLS is old, and not safe any more.'));
  const state = warnings.length > 0 ? 'warned' : 'passed';
  return stepOf('tls', state, version.replace(/^TLSv/, 'TLS '), [...details, ...warnings]);
}

function describeTrust(
  by: 'authority' | 'fingerprint',
  { tls }: ConnectionProfile,
  chain: readonly ServerCertificateInfo[],
  nowMs: number,
): TestStepView {
  const why =
    by === 'fingerprint'
      ? l10n.t('It is the one that is trusted by its fingerprint, whoever signed it.')
      : tls.caFile === undefined && !tls.keptFiles?.includes('ca')
        ? l10n.t('An authority that this computer knows has signed it.')
        : l10n.t('The authority of this connection has signed it.');
  const expiring = chain.flatMap((certificate) => expiryOf(certificate, nowMs));
  const state = expiring.length > 0 ? 'warned' : 'passed';
  const title = l10n.t('The certificate is trusted');
  return { ...stepOf('trust', state, title, [why, ...expiring]), facts: certificateFacts(chain) };
}

function describeWebSocket(subprotocol: string): TestStepView {
  const title = l10n.t('The WebSocket is open');
  return subprotocol === ''
    ? stepOf('webSocket', 'warned', title, [l10n.t('The server did not say which subprotocol it speaks.')])
    : stepOf('webSocket', 'passed', title, [l10n.t('Subprotocol {0}', formatName(subprotocol))]);
}

function describeFailure(
  { profile, aside }: TestedConnection,
  steps: readonly TestedStepInfo[],
  end: FailedEnd,
): TestStepView {
  const stage = end.kind === 'refused' ? 'mqtt' : (end.fault?.stage ?? 'mqtt');
  // The handshake was done, and what it showed is not trusted.
  const isOfTrust = stage === 'tls' && steps.some(({ kind }) => kind === 'tls');
  const details = [explainConnect(end, profile).message];
  if (end.kind === 'refused')
    details.push(l10n.t('Reason code {0}: {1}', `0x${end.reasonCode.toString(16)}`, formatName(end.message)));
  const isOfClientId = end.kind === 'refused' && (end.reasonCode === 0x85 || end.reasonCode === 0x87);
  if (isOfClientId && aside !== undefined)
    details.push(
      l10n.t('The broker may know the client id of the connection itself, and not the one of the test.'),
    );
  return {
    ...stepOf(isOfTrust ? 'trust' : stage, 'failed', failedTitle(isOfTrust ? 'trust' : stage), details),
    facts: isOfTrust ? certificateFacts(chainOf(steps)) : [],
    fixes: fixesFor(end, profile),
  };
}

function failedTitle(stage: Stage): string {
  switch (stage) {
    case 'address':
      return l10n.t('The address is none');
    case 'name':
      return l10n.t('The host is not known');
    case 'proxy':
      return l10n.t('No way through the proxy');
    case 'network':
      return l10n.t('No connection');
    case 'tls':
      return l10n.t('No TLS');
    case 'trust':
      return l10n.t('The certificate is not trusted');
    case 'webSocket':
      return l10n.t('No WebSocket');
    case 'mqtt':
    case 'disconnect':
      return l10n.t('The broker does not let this client connect');
  }
}

function chainOf(steps: readonly TestedStepInfo[]): readonly ServerCertificateInfo[] {
  for (const step of steps) if (step.kind === 'tls') return step.tls.chain;
  return [];
}

function certificateFacts(chain: readonly ServerCertificateInfo[]): readonly FactGroup[] {
  return chain.map((certificate, i) => {
    const { subject, issuer, validFrom, validTo, names, fingerprint } = certificate;
    const rows: (readonly [string, string])[] = [
      [l10n.t('Subject'), short(subject)],
      [l10n.t('Issuer'), short(issuer)],
      [l10n.t('Valid'), l10n.t('{0} to {1}', dateOf(validFrom), dateOf(validTo))],
    ];
    if (names !== '') rows.push([l10n.t('Names'), short(names)]);
    if (i === 0) rows.push([l10n.t('SHA-256'), fingerprint]);
    return { heading: i === 0 ? l10n.t('Certificate of the broker') : l10n.t('Signed by'), rows };
  });
}

/** Nothing for one that is valid for long. */
function expiryOf({ subject, validTo }: ServerCertificateInfo, nowMs: number): string[] {
  const leftMs = Date.parse(validTo) - nowMs;
  if (Number.isNaN(leftMs) || leftMs > SOON_DAYS * DAY_MS) return [];
  const name = formatName(subject);
  if (leftMs <= 0) return [l10n.t('The certificate of {0} has expired, on {1}.', name, dateOf(validTo))];
  const days = Math.floor(leftMs / DAY_MS);
  return [
    days === 1
      ? l10n.t('The certificate of {0} expires in 1 day, on {1}.', name, dateOf(validTo))
      : l10n.t('The certificate of {0} expires in {1} days, on {2}.', name, days, dateOf(validTo)),
  ];
}

function stepOf(
  stage: Stage,
  state: TestStepView['state'],
  title: string,
  details: readonly string[] = [],
): TestStepView {
  return { stage, state, title, details, facts: [], fixes: [] };
}

function durationOf(ms: number): string {
  return l10n.t('{0} ms', formatNumber(ms, ms < 10 ? 1 : 0));
}

/** Of a certificate: a name that someone chose. */
function short(text: string): string {
  return formatName(text, MAX_NAME_CHARACTERS);
}
