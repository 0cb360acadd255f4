/** Whether a payload is what its Payload Format Indicator says that it is. Section 3.3.2.3.2. */
import { isUtf8 } from 'node:buffer';
import { hexByte } from './faultText.ts';
import { describeUtf8Problem } from './packetReader.ts';
import type { MessageProperties } from './packets.ts';
import { findUtf8Problem } from './utf8.ts';

/**
 * What is wrong, in a sentence with the offset in the payload; undefined if the indicator is not 1 or the payload is
 * well-formed UTF-8. U+0000 is allowed here: a payload is text of the application, not a string of MQTT.
 */
export function payloadFormatProblem(
  payload: Uint8Array,
  properties: Pick<MessageProperties, 'payloadFormatIndicator'> | undefined,
): string | undefined {
  if (properties?.payloadFormatIndicator !== 1 || isUtf8(payload)) return undefined;
  const problem = findUtf8Problem(payload, 0, payload.length, { mayHaveNull: true });
  if (problem === undefined) throw new RangeError('the payload is well-formed');
  const { kind, at } = problem;
  return `The Payload Format Indicator says UTF-8, and the byte at offset ${at} of the payload's ${payload.length} (0x${hexByte(payload[at])}) ${describeUtf8Problem[kind]}`;
}
