/** The fields of CONNECT, section 3.1, and of its answer, section 3.2. */
import type { ProtocolVersion } from '../mqtt/packets.ts';
import type { BitField, FieldWalk, Said } from './fieldWalk.ts';
import { inWords } from './propertyMeanings.ts';
import { sayReasonCode, sayReturnCode } from './reasonMeanings.ts';
import { walkProperties } from './walkProperties.ts';

const WILL_FLAG = 0x04;
const PASSWORD_FLAG = 0x40;
const USERNAME_FLAG = 0x80;

/** It says itself which version it is read as. */
export function walkConnect(walk: FieldWalk): void {
  const name = walk.utf8String('Protocol Name');
  const level = walk.byte('Protocol Level', (value) => ({
    value: String(value),
    meaning: versionNames[`${name} ${value}`] ?? 'No version of MQTT has this level with this name.',
  }));
  const isVersion5 = level === 5;
  const flags = walk.bits('Connect Flags', connectFlags(isVersion5, walk));
  walk.twoByteInteger('Keep Alive', sayKeepAlive);
  if (isVersion5) walkProperties(walk, 'connect');
  walk.utf8String('Client Identifier');
  if ((flags & WILL_FLAG) !== 0) {
    if (isVersion5) walkProperties(walk, 'will');
    walk.utf8String('Will Topic');
    walk.binaryData('Will Payload');
  }
  // 3.1 lets both be left out: there the Remaining Length has precedence over the flags.
  const mayBeLeftOut = name === 'MQIsdp' && level === 3;
  if ((flags & USERNAME_FLAG) !== 0 && !(mayBeLeftOut && walk.remaining === 0)) walk.utf8String('User Name');
  if ((flags & PASSWORD_FLAG) !== 0 && !(mayBeLeftOut && walk.remaining === 0))
    walk.binaryData('Password', true);
}

const versionNames: Readonly<Record<string, string>> = {
  'MQIsdp 3': 'MQTT 3.1',
  'MQTT 4': 'MQTT 3.1.1',
  'MQTT 5': 'MQTT 5.0',
};

function connectFlags(isVersion5: boolean, walk: FieldWalk): readonly BitField[] {
  const hasWill = ((walk.bytes[walk.offset] ?? 0) & WILL_FLAG) !== 0;
  return [
    flag('User Name Flag', USERNAME_FLAG, 'A user name follows.', 'No user name follows.'),
    flag('Password Flag', PASSWORD_FLAG, 'A password follows.', 'No password follows.'),
    flag('Will Retain', 0x20, 'The will is retained.', hasWill ? 'The will is not retained.' : 'No will.'),
    {
      name: 'Will QoS',
      mask: 0x18,
      say: (qos) => ({
        value: String(qos),
        meaning: qos === 3 ? 'There are QoS 0, 1 and 2.' : hasWill ? qosMeanings[qos] : 'No will.',
      }),
    },
    flag('Will Flag', WILL_FLAG, 'A will follows: topic and payload.', 'No will follows.'),
    isVersion5
      ? flag(
          'Clean Start',
          0x02,
          'The session of this client identifier starts anew.',
          'A session that the server has for this client identifier goes on.',
        )
      : flag(
          'Clean Session',
          0x02,
          'The session starts anew, and ends with the connection.',
          'A session that the server has goes on, and outlives the connection.',
        ),
    flag('Reserved', 0x01, 'Must be 0.', undefined),
  ];
}

export const qosMeanings: readonly string[] = [
  'At most once: nobody acknowledges it.',
  'At least once: answered by PUBACK.',
  'Exactly once: answered by PUBREC, then PUBREL and PUBCOMP.',
];

export function flag(name: string, mask: number, set: string, clear: string | undefined): BitField {
  return { name, mask, say: (bit) => ({ value: String(bit), meaning: bit === 1 ? set : clear }) };
}

function sayKeepAlive(seconds: number): Said {
  if (seconds === 0) return { value: '0 s', meaning: 'Keep alive is off: a dead connection goes unnoticed.' };
  return {
    value: `${seconds} s`,
    meaning: `The server closes after ${inWords(1.5 * seconds)} without a packet, one and a half times as long.`,
  };
}

export function walkConnack(walk: FieldWalk, version: ProtocolVersion): void {
  walk.bits('Connect Acknowledge Flags', [
    {
      name: 'Reserved',
      mask: 0xfe,
      say: (bits) => ({ value: String(bits), meaning: bits === 0 ? undefined : 'Must be 0.' }),
    },
    flag(
      'Session Present',
      0x01,
      'The server has a session of this client: its subscriptions still hold.',
      'The session is new: nothing is subscribed to yet.',
    ),
  ]);
  if (version === 5) {
    walk.byte('Reason Code', (code) => sayReasonCode(code, 'connack'));
    walkProperties(walk, 'connack');
  } else {
    walk.byte('Return Code', sayReturnCode);
  }
}
