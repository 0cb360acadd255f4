/** What is wrong with an address that is typed, or with a profile in the settings, in words. */
import { l10n } from 'vscode';
import { type AddressProblem, checkAddress } from '../connections/connectionAddress.ts';
import type { FieldProblem, ProfileFault } from '../connections/profiles.ts';
import { formatName } from './formats.ts';

/** Undefined for an address that can be connected to. */
export function problemWithAddress(text: string): string | undefined {
  const problem = checkAddress(text);
  return problem && explainAddress(problem);
}

/** What is wrong with an address, and what to do. */
export function explainAddress(problem: AddressProblem): string {
  switch (problem.kind) {
    case 'empty':
      return l10n.t('An address looks like mqtt://192.0.2.7:1883 or mqtts://broker.example:8883.');
    case 'noScheme':
      return l10n.t(
        'It says no protocol: mqtt:// without TLS, mqtts:// with TLS, ws:// or wss:// for a WebSocket, as in {0}',
        formatName(problem.suggestion),
      );
    case 'otherScheme':
      return l10n.t(
        '{0}:// is none of mqtt://, mqtts:// (with TLS), ws:// and wss:// (WebSocket), mqtt+unix:// (Unix socket).',
        formatName(problem.scheme),
      );
    case 'noHost':
      return l10n.t('The host is missing: a name or an IP address.');
    case 'notAHost':
      return l10n.t(
        '{0} is neither a host name nor an IP address. An IPv6 address is in brackets: [2001:db8::7].',
        formatName(problem.host),
      );
    case 'notAPort':
      return l10n.t('The port is a number from 1 to 65535.');
    case 'hasUser':
      return l10n.t(
        'The user name is asked for next, and the password after it: leave out what is before @.',
      );
    case 'noSocketPath':
      return l10n.t(
        'The address of a Unix socket is its path: mqtt+unix:///run/mosquitto.sock, with three slashes.',
      );
    case 'unixWithHost':
      return l10n.t(
        'A Unix socket is on this computer, and has no host: leave out {0}, so that the path begins with the third slash.',
        formatName(problem.host),
      );
    case 'hasPath':
      return l10n.t(
        'Only a WebSocket has a path: leave out {0}, or use ws:// or wss://.',
        formatName(problem.path),
      );
    case 'hasQuery':
      return l10n.t('Leave out what comes after the path.');
    case 'hasSecret':
      return l10n.t(
        'What {0} is in the address is a secret, and those are not kept in settings: write {1} in its place. It is asked for when you connect.',
        formatName(problem.name),
        '{secret}',
      );
  }
}

/** Of one profile: its first fault, and how many others there are. @param faults one at least. */
export function explainProfileFaults([first, ...others]: readonly ProfileFault[]): string {
  const message = first === undefined ? '' : explainProfileFault(first);
  return others.length === 0 ? message : l10n.t('{0} And {1} more.', message, others.length);
}

/** One sentence, with the profile, the field and what to do. */
function explainProfileFault({ profile, field, problem }: ProfileFault): string {
  if (profile === '')
    return l10n.t(
      'The setting {0} is not a list of connections. It is not used.',
      'mqttWorkbench.connections',
    );
  const name = formatName(profile);
  const what = explainField(problem);
  return field === ''
    ? l10n.t('The connection {0} is not used: {1}', name, what)
    : l10n.t('The connection {0} is not used: {1}: {2}', name, field, what);
}

/** What is wrong with a field, as the end of a sentence that names it. */
export function explainField(problem: FieldProblem): string {
  switch (problem.kind) {
    case 'missing':
      return l10n.t('it is missing.');
    case 'wrongType':
      return wrongType(problem.wanted);
    case 'notOneOf':
      return l10n.t('it must be one of {0}.', problem.allowed.join(', '));
    case 'notInRange':
      return l10n.t('it must be a whole number from {0} to {1}.', problem.min, problem.max);
    case 'unknownField':
      return l10n.t('there is no such field.');
    case 'nameUsedTwice':
      return l10n.t('another connection has this name.');
    case 'notAnAddress':
      return l10n.t('it must look like mqtts://broker.example:8883, without a user.');
    case 'notATopic':
      return l10n.t('it is no topic that can be published to.');
    case 'notAFilter':
      return l10n.t('it is no topic filter.');
    case 'notAnMqttString':
      return l10n.t('it must be a text of at most 65,535 bytes in UTF-8, without the null character.');
    case 'notASubprotocol':
      return l10n.t('it must be the name of a WebSocket subprotocol, as mqtt.');
    case 'notAFingerprint':
      return l10n.t('it must be the SHA-256 of a certificate: 64 hex digits, with or without colons.');
    case 'notAnIcon':
      return l10n.t('it must be the name of a codicon, as server or rocket.');
    case 'needs':
      return l10n.t('{0} is wanted too.', problem.other);
    case 'excludes':
      return l10n.t('{0} is there already: leave out one of them.', problem.other);
    case 'notAProxy':
      return l10n.t(
        'it must look like http://proxy.example:3128 or socks5://proxy.example:1080, without a user.',
      );
    case 'proxyWithUnixSocket':
      return l10n.t('a Unix socket is on this computer, and is not reached through a proxy.');
    case 'tlsWithoutTls':
      return l10n.t('the address is without TLS: use mqtts:// or wss://.');
    case 'headersWithoutWebSocket':
      return l10n.t('only a WebSocket has headers: use ws:// or wss://.');
    case 'subprotocolWithoutWebSocket':
      return l10n.t('only a WebSocket has a subprotocol: use ws:// or wss://.');
    case 'randomWithSession':
      return l10n.t(
        'a session is found again by its client id: without a clean start it must have no random part.',
      );
    case 'secretInSettings':
      return l10n.t(
        'secrets are not kept in settings: leave a password out, it is asked for, and write {0} in a header or an address.',
        '{secret}',
      );
    case 'noFolder':
      return l10n.t('it is a path from the workspace folder, and no folder is open.');
  }
}

function wrongType(wanted: 'text' | 'boolean' | 'list' | 'object'): string {
  switch (wanted) {
    case 'text':
      return l10n.t('it must be a text.');
    case 'boolean':
      return l10n.t('it must be true or false.');
    case 'list':
      return l10n.t('it must be a list.');
    case 'object':
      return l10n.t('it must be an object.');
  }
}
