/** What the numbers of properties mean, for who reads them: section 2.2.2.2 and what it points to. */
import type { PropertyDefinition } from '../mqtt/properties.ts';
import type { Said } from './fieldWalk.ts';

const NEVER = 0xffff_ffff;

/** @param value of a property whose type is a number. */
export function sayProperty({ name, maximum }: PropertyDefinition, value: number): Said {
  switch (name) {
    case 'payloadFormatIndicator':
      return say(value, ['The payload is unspecified bytes.', 'The payload is UTF-8 text.']);
    case 'requestProblemInformation':
      return say(value, [
        'The server may send a Reason String and User Properties with PUBLISH, CONNACK and DISCONNECT only.',
        'The server may send a Reason String and User Properties with any packet.',
      ]);
    case 'requestResponseInformation':
      return say(value, ['No Response Information is asked for.', 'Response Information is asked for.']);
    case 'maximumQoS':
      return say(value, ['The server takes QoS 0 alone.', 'The server takes QoS 0 and 1.']);
    case 'retainAvailable':
      return say(value, ['The server keeps no retained messages.', 'The server keeps retained messages.']);
    case 'wildcardSubscriptionAvailable':
      return say(value, ['Filters with + and # are refused.', 'Filters with + and # may be used.']);
    case 'subscriptionIdentifierAvailable':
      return say(value, ['Subscription Identifiers are refused.', 'Subscription Identifiers may be used.']);
    case 'sharedSubscriptionAvailable':
      return say(value, ['Shared subscriptions are refused.', 'Shared subscriptions may be used.']);
    case 'sessionExpiryInterval':
      if (value === NEVER) return { value: `${value}`, meaning: 'The session never expires.' };
      if (value === 0) return { value: '0 s', meaning: 'The session ends with the connection.' };
      return { ...inSeconds(value), meaning: `The session outlives the connection by ${inWords(value)}.` };
    case 'messageExpiryInterval':
      return {
        ...inSeconds(value),
        meaning: `Who has not got the message after ${inWords(value)} does not get it.`,
      };
    case 'willDelayInterval':
      return value === 0
        ? { value: '0 s', meaning: 'The will is published as soon as the connection is lost.' }
        : { ...inSeconds(value), meaning: `The will waits ${inWords(value)} for the client to come back.` };
    case 'serverKeepAlive':
      return { ...inSeconds(value), meaning: 'Takes the place of the Keep Alive that the client asked for.' };
    case 'receiveMaximum':
      return { value: String(value), meaning: 'So many messages of QoS 1 and 2 may be unanswered at once.' };
    case 'topicAliasMaximum':
      return {
        value: String(value),
        meaning: value === 0 ? 'No topic aliases are taken.' : `Topic aliases 1 to ${value} are taken.`,
      };
    case 'topicAlias':
      return {
        value: String(value),
        meaning: 'Stands for the topic name from now on, over this connection.',
      };
    case 'maximumPacketSize':
      return { value: `${value} bytes`, meaning: 'A packet that is larger must not be sent to it.' };
    case 'subscriptionIdentifiers':
      return { value: String(value), meaning: 'Which subscription a message came for.' };
    default:
      return maximum === undefined ? { value: String(value) } : say(value, []);
  }
}

/** A switch. What is neither 0 nor 1 is the decoder's to refuse. */
function say(value: number, meanings: readonly string[]): Said {
  return { value: String(value), meaning: meanings[value] };
}

function inSeconds(value: number): Said {
  return { value: `${value} s` };
}

const units: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

/** `90 seconds`, `2 minutes`, `1.5 days`: as a person would say it. */
export function inWords(seconds: number): string {
  for (const [size, name] of units) {
    if (seconds < 2 * size && seconds !== size) continue;
    const count = Math.round((seconds / size) * 10) / 10;
    return `${count} ${name}${count === 1 ? '' : 's'}`;
  }
  return `${seconds} second${seconds === 1 ? '' : 's'}`;
}
