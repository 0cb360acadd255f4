/** Reason codes and return codes by name, and what they mean for who gets them. Section 2.4. */
import { hexByte } from '../mqtt/faultText.ts';
import type { PacketKind } from '../mqtt/packets.ts';
import { isReasonCodeOf, reasonCodeName } from '../mqtt/reasonCodes.ts';
import type { Said } from './fieldWalk.ts';

/** Section 3.14.4: what surprises whoever waits for a will. */
export const DISCONNECT_IN_GOOD_ORDER = 'From a client: it is done, and its will is not published.';

export function sayReasonCode(code: number, kind: PacketKind): Said {
  const value = `0x${hexByte(code)} (${reasonCodeName(code, kind)})`;
  if (!isReasonCodeOf(kind, code)) return { value, meaning: `${kind.toUpperCase()} has no such code.` };
  if (kind === 'disconnect' && code === 0) return { value, meaning: DISCONNECT_IN_GOOD_ORDER };
  return { value, meaning: meanings[code] };
}

/** Of a CONNACK before 5.0. */
export function sayReturnCode(code: number): Said {
  const [name, meaning] = returnCodes[code] ?? ['unknown', 'There are 0 to 5.'];
  return { value: `${code} (${name})`, meaning };
}

/** Of a SUBACK before 5.0. */
export function saySubackReturnCode(code: number): Said {
  const hex = `0x${hexByte(code)}`;
  if (code <= 2) return { value: `${hex} (Granted QoS ${code})` };
  if (code === 0x80) return { value: `${hex} (Failure)`, meaning: 'The subscription was refused.' };
  return { value: `${hex} (unknown)`, meaning: 'There are 0x00, 0x01, 0x02 and 0x80.' };
}

/** Section 3.2.2.3 of 3.1.1. */
const returnCodes: readonly (readonly [name: string, meaning: string])[] = [
  ['Connection accepted', 'The client is connected.'],
  ['Unacceptable protocol version', 'The server does not speak this version of MQTT.'],
  ['Identifier rejected', 'The server does not allow this client identifier.'],
  ['Server unavailable', 'The network connection is there, the MQTT service is not.'],
  ['Bad user name or password', 'They are wrong, or not well-formed.'],
  ['Not authorized', 'The client may not connect.'],
];

/** For those whose name leaves a question. */
const meanings: Readonly<Record<number, string>> = {
  4: 'The client ends the connection, and wants its will published all the same.',
  16: 'The message was taken, and nobody is subscribed to its topic.',
  17: 'There was nothing to unsubscribe from: the filter must be the very one of the SUBSCRIBE.',
  24: 'The exchange goes on: the other side answers with AUTH.',
  25: 'The client wants to prove itself anew over this connection.',
  128: 'The sender does not say why, or no other code fits.',
  129: 'The bytes make no packet of MQTT.',
  130: 'The packet is well-formed, and not allowed there.',
  131: 'The packet is right, and this receiver does not take it.',
  132: 'The server does not speak this version of MQTT.',
  133: 'The server does not allow this client identifier.',
  134: 'They are wrong, or not known here.',
  135: 'The client may not do this: see the access rules.',
  136: 'The server is there, and can’t serve. Try again later.',
  137: 'Try again later.',
  138: 'The server keeps this client out by an administrator’s will.',
  139: 'The connection ends because the server does.',
  140: 'The authentication method is not supported, or not the one in use.',
  141: 'Nothing came for one and a half times the Keep Alive.',
  142: 'Another connection with the same client identifier took over.',
  143: 'The filter is well-formed, and not accepted here.',
  144: 'The topic is well-formed, and not accepted here.',
  145: 'The packet identifier belongs to something that is not over yet.',
  146: 'No message is under way with this packet identifier; after a lost session that is no error.',
  147: 'More messages of QoS 1 and 2 were unanswered than the receiver allowed.',
  148: 'The topic alias is 0, or above what the receiver allowed.',
  149: 'The packet is larger than the receiver takes.',
  150: 'Packets come faster than the receiver takes.',
  151: 'A limit of the server is reached.',
  152: 'An administrator ended it.',
  153: 'The payload is not the UTF-8 that its Payload Format Indicator promises.',
  154: 'The server keeps no retained messages.',
  155: 'The QoS is above the Maximum QoS of CONNACK.',
  156: 'For now, use another server: see Server Reference.',
  157: 'For good, use another server: see Server Reference.',
  158: 'The server has no shared subscriptions.',
  159: 'Connections come faster than the server takes.',
  160: 'The connection lasted as long as one may.',
  161: 'The server has no Subscription Identifiers.',
  162: 'The server takes no filters with + and #.',
};
