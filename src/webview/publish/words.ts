/** What the publish form says of each problem and hint, in the person's language. */
import type { QoS } from '../../contracts/messages.ts';
import type { PublishTarget } from '../../contracts/publishForm.ts';
import type { ProtocolVersionNumber } from '../../contracts/remoteBrokers.ts';
import type { TopicProblem } from '../../mqtt/topics.ts';
import { jsonProblemWords } from '../shared/jsonWords.ts';
import { count, t } from '../shared/l10n.ts';
import type { StringProblem, TopicHint } from './check.ts';
import type { PayloadProblem } from './payloadText.ts';

export function targetName({ connectionName }: PublishTarget): string {
  return connectionName === '' ? t('Local Broker') : connectionName;
}

export function protocolName(version: ProtocolVersionNumber): string {
  if (version === 5) return 'MQTT 5.0';
  return version === 4 ? 'MQTT 3.1.1' : 'MQTT 3.1';
}

export function topicProblemWords(problem: TopicProblem, topic: string): string {
  switch (problem.kind) {
    case 'empty':
      return t('Enter the topic to publish to.');
    case 'tooLong':
      return t('A topic takes at most 65,535 bytes.');
    case 'nullCharacter':
      return t('A topic can’t hold the null character U+0000.');
    case 'illFormed':
      return t('A topic can’t hold half of a character (a lone surrogate).');
    default:
      return t(
        '“{0}” is a wildcard, and wildcards are for subscribing: a message has exactly one topic, so name it in full.',
        topic.charAt(problem.at),
      );
  }
}

export function topicHintWords(hint: TopicHint): string {
  switch (hint) {
    case 'leadingSlash':
      return t('Begins with an empty level: “/a” and “a” are two topics.');
    case 'trailingSlash':
      return t('Ends with an empty level: “a/” and “a” are two topics.');
    case 'emptyLevel':
      return t('Has an empty level: “a//b” and “a/b” are two topics.');
    case 'whiteSpace':
      return t('Has white space in it: subscribers must write it exactly so.');
    case 'dollar':
      return t('Begins with $: subscriptions that begin with # or + don’t receive it.');
  }
}

export function payloadProblemWords(problem: PayloadProblem): string {
  if (problem.kind === 'json') return jsonProblemWords(problem.problem);
  return t('Line {0}, column {1}: {2}', count(problem.line), count(problem.column), payloadReason(problem));
}

function payloadReason(problem: Exclude<PayloadProblem, { kind: 'json' }>): string {
  switch (problem.kind) {
    case 'hexCharacter':
      return t('“{0}” is not a hex digit.', problem.found);
    case 'hexOddDigits':
      return t('“{0}” has an odd number of hex digits: a byte takes two.', shortened(problem.found));
    case 'base64Character':
      return t('“{0}” is not a Base64 character.', problem.found);
    case 'base64Padding':
      return t('padding (=) belongs at the end, and fills the last four characters.');
    case 'base64Length':
      return t('a character is missing: one alone makes no byte.');
  }
}

export function stringProblemWords(problem: StringProblem): string {
  switch (problem) {
    case 'nullCharacter':
      return t('This can’t hold the null character U+0000.');
    case 'illFormed':
      return t('This can’t hold half of a character (a lone surrogate).');
    case 'tooLong':
      return t('This takes at most 65,535 bytes.');
  }
}

/** How often a repeat publishes. */
export function paceWords(everyMs: number): string {
  return everyMs % 1000 === 0 ? t('every {0} s', count(everyMs / 1000)) : t('every {0} ms', count(everyMs));
}

export function qosTooltip(qos: QoS): string {
  switch (qos) {
    case 0:
      return t('At most once: sent and forgotten');
    case 1:
      return t('At least once: acknowledged, may come twice');
    case 2:
      return t('Exactly once: acknowledged in two steps');
  }
}

const shownDigits = 12;

/** The end of a long run of digits: that is where one is missing. */
function shortened(digits: string): string {
  return digits.length <= shownDigits ? digits : `…${digits.slice(-shownDigits)}`;
}
