/** How a publish or a subscribe ended, in one sentence. */
import { l10n } from 'vscode';
import type { SubscribeResult } from '../../contracts/engine.ts';
import type { ComposedResult } from '../../contracts/publishing.ts';
import { formatMessages, formatName } from './formats.ts';

export interface Outcome {
  ok: boolean;
  message: string;
}

export function explainPublish(result: ComposedResult, topic: string): Outcome {
  const name = formatName(topic);
  switch (result.kind) {
    case 'published':
      return {
        ok: true,
        message: result.noSubscribers
          ? l10n.t('Published to {0}. Nobody is subscribed to it.', name)
          : l10n.t('Published to {0}.', name),
      };
    case 'brokerNotRunning':
      return { ok: false, message: l10n.t('Not published: the local broker is not running.') };
    case 'notConnected':
      return { ok: false, message: l10n.t('Not published: {0} is not connected.', formatName(result.name)) };
    case 'queued':
      return {
        ok: true,
        message: l10n.t(
          'Not sent yet: {0} is not connected. The message to {1} waits in memory until it is; {2} in all.',
          formatName(result.name),
          name,
          formatMessages(result.messages),
        ),
      };
    case 'queueFull':
      return {
        ok: false,
        message: l10n.t(
          'Not published to {0}: {1} is not connected, and no more can wait for it than the {2} that do.',
          name,
          formatName(result.name),
          formatMessages(result.messages),
        ),
      };
    case 'readOnly':
      return {
        ok: false,
        message: l10n.t('Not published to {0}: the profile of this connection is read-only.', name),
      };
    case 'refused':
      return {
        ok: false,
        message: l10n.t(
          'The broker refused the message to {0}: {1} (reason code {2}).',
          name,
          result.message,
          formatReasonCode(result.reasonCode),
        ),
      };
    case 'invalidTopic':
      return { ok: false, message: l10n.t('{0} is not a topic to publish to: {1}', name, result.message) };
    case 'failed':
      return { ok: false, message: l10n.t('Not published to {0}: {1}', name, result.message) };
    case 'payloadProblem':
      return {
        ok: false,
        message:
          result.line === undefined || result.column === undefined
            ? l10n.t('Not published to {0}, because of its payload: {1}.', name, result.message)
            : l10n.t(
                'Not published to {0}, because of its payload in line {1}, column {2}: {3}.',
                name,
                result.line,
                result.column,
                result.message,
              ),
      };
  }
}

export function explainSubscribe(result: SubscribeResult, topicFilter: string): Outcome {
  const name = formatName(topicFilter);
  switch (result.kind) {
    case 'subscribed':
      return { ok: true, message: l10n.t('Subscribed to {0} at QoS {1}.', name, result.subscription.qos) };
    case 'brokerNotRunning':
      return { ok: false, message: l10n.t('Not subscribed: the local broker is not running.') };
    case 'notConnected':
      return { ok: false, message: l10n.t('Not subscribed: {0} is not connected.', formatName(result.name)) };
    case 'refused':
      return {
        ok: false,
        message: l10n.t(
          'The broker refused the subscription to {0}: {1} (reason code {2}).',
          name,
          result.message,
          formatReasonCode(result.reasonCode),
        ),
      };
    case 'invalidFilter':
      return { ok: false, message: l10n.t('{0} is not a topic filter: {1}', name, result.message) };
    case 'failed':
      return { ok: false, message: l10n.t('Not subscribed to {0}: {1}', name, result.message) };
  }
}

export function formatReasonCode(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(2, '0')}`;
}
