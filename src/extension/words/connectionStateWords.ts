/** How a connection stands, in words: of its row, and of its tooltip. */
import { l10n } from 'vscode';
import type { Connection, ConnectionState } from '../connections/connections.ts';
import { formatNumber, formatTime } from './formats.ts';
import { formatMessageRate } from './trafficWords.ts';

/** Of a row: short. */
export function describeState(state: ConnectionState): string {
  switch (state.kind) {
    case 'connected':
      return l10n.t('connected');
    case 'connecting':
      return l10n.t('connecting…');
    case 'untrusted':
      return l10n.t('Restricted Mode: not connected');
    case 'waiting':
      return l10n.t('lost, tried again at {0}', formatTime(state.retryAtMs));
    case 'disconnected':
      return describeEnd(state);
    case 'off':
      return state.message === undefined ? l10n.t('not connected') : l10n.t('could not connect');
  }
}

type Ended = Extract<ConnectionState, { kind: 'disconnected' }>;

function describeEnd({ message, cause }: Ended): string {
  if (cause === 'takenOver') return l10n.t('taken over by another client');
  return message === undefined ? l10n.t('not connected') : l10n.t('disconnected by the broker');
}

/** Of a tooltip: why, in sentences. Empty where there is nothing to tell. */
export function explainState(state: ConnectionState): readonly string[] {
  switch (state.kind) {
    case 'connected':
      return [l10n.t('Connected since {0}', formatTime(state.sinceMs))];
    case 'connecting':
      return [];
    case 'untrusted':
      return [
        l10n.t(
          'The settings of this folder name it, and you do not trust the folder: nothing is connected to.',
        ),
      ];
    case 'waiting':
      return [l10n.t('The connection is lost: {0}', state.message)];
    case 'disconnected':
      return explainEnd(state);
    case 'off':
      return state.message === undefined ? [] : [state.message];
  }
}

function explainEnd({ message, cause }: Ended): readonly string[] {
  switch (cause) {
    case 'takenOver':
      return [
        l10n.t(
          'Another client has connected with the same client id, and the broker ended this connection. It is not made again by itself, or the two would throw each other out in turns.',
        ),
      ];
    case 'keepsEnding':
      return [
        l10n.t(
          'The broker ended this connection several times soon after it was made. Most likely another client has the same client id: it is not made again by itself, or the two would throw each other out in turns.',
        ),
      ];
    default:
      return message === undefined ? [] : [message];
  }
}

/** Of a row: how fast, and how much. */
export function describeTraffic({ broker, state }: Connection): readonly string[] {
  if (broker === undefined || state.kind !== 'connected') return [];
  const { latencyMs, messagesPerSecond } = broker;
  return [
    ...(latencyMs === undefined ? [] : [l10n.t('{0} ms', formatNumber(latencyMs, latencyMs < 10 ? 1 : 0))]),
    ...(messagesPerSecond > 0 ? [formatMessageRate(messagesPerSecond)] : []),
  ];
}

export function protocolName(version: 3 | 4 | 5): string {
  if (version === 5) return 'MQTT 5.0';
  return version === 4 ? 'MQTT 3.1.1' : 'MQTT 3.1';
}
