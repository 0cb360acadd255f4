/**
 * What is wrong with the fields of the form, and what is merely odd. Pure: kinds and positions, words are in words.ts.
 *
 * Topics are judged by the rules that the broker itself uses, so that the form and the wire never disagree.
 */

import { readHex } from '../../base/bytesText.ts';
import { placeholdersIn } from '../../base/placeholders.ts';
import { checkTopicName, type TopicProblem } from '../../mqtt/topics.ts';
import { decodeUtf8 } from '../shared/utf8.ts';
import { type PayloadReading, readPayload } from './payloadText.ts';
import { type FormFields, readExpirySeconds, readRepeat } from './state.ts';

/** Why a text can't be sent as an MQTT string. [MQTT-1.5.4-1] [MQTT-1.5.4-2] */
export type StringProblem = 'nullCharacter' | 'illFormed' | 'tooLong';

/** Fine to publish to, but seldom meant. */
export type TopicHint = 'leadingSlash' | 'trailingSlash' | 'emptyLevel' | 'whiteSpace' | 'dollar';

export interface FormCheck {
  topic: TopicProblem | undefined;
  topicHint: TopicHint | undefined;
  payload: PayloadReading;
  contentType: StringProblem | undefined;
  responseTopic: TopicProblem | undefined;
  correlationData: PayloadReading;
  isExpiryInvalid: boolean;
  /** The payload format indicator says UTF-8, and the payload is not. Published all the same: a test may want it. */
  isFormatClaimWrong: boolean;
  /** Of each user property, by its key. */
  userProperties: ReadonlyMap<number, StringProblem>;
  /** In topic and payload, each once. */
  placeholders: readonly string[];
  /** Keeps it from being repeated, and from nothing else. */
  repeatProblem: 'everyMs' | 'times' | undefined;
  /** The first field that keeps the form from being published. */
  firstProblem: FormFieldId | undefined;
}

/** Ids of the form's inputs in the page. */
export type FormFieldId =
  | 'topic'
  | 'payload'
  | 'content-type'
  | 'response-topic'
  | 'correlation-data'
  | 'message-expiry'
  | 'user-properties'
  | 'repeat-every'
  | 'repeat-times';

export function checkForm(fields: FormFields): FormCheck {
  const topic = checkTopicName(fields.topic);
  const isText = fields.format !== 'hex' && fields.format !== 'base64';
  const placeholders = [
    ...new Set([...placeholdersIn(fields.topic), ...(isText ? placeholdersIn(fields.payloadText) : [])]),
  ];
  const payload = readPayload(fields.payloadText, fields.format, !fields.isVerbatim);
  const contentType = checkString(fields.contentType);
  const responseTopic = fields.responseTopic === '' ? undefined : checkTopicName(fields.responseTopic);
  const correlationData = readHex(fields.correlationDataHex);
  const isExpiryInvalid = readExpirySeconds(fields.messageExpirySeconds) === 'invalid';
  const userProperties = new Map<number, StringProblem>();
  for (const { key, name, value } of fields.userProperties) {
    const problem = checkString(name) ?? checkString(value);
    if (problem !== undefined) userProperties.set(key, problem);
  }
  const faults: [FormFieldId, boolean][] = [
    ['topic', topic !== undefined],
    ['payload', payload.kind === 'problem'],
    ['content-type', contentType !== undefined],
    ['message-expiry', isExpiryInvalid],
    ['response-topic', responseTopic !== undefined],
    ['correlation-data', correlationData.kind === 'problem'],
    ['user-properties', userProperties.size > 0],
  ];
  const repeat = readRepeat(fields);
  return {
    ...{ topic, placeholders },
    repeatProblem: typeof repeat === 'string' ? repeat : undefined,
    topicHint: topic === undefined ? hintOf(fields.topic) : undefined,
    payload,
    contentType,
    responseTopic,
    correlationData,
    isExpiryInvalid,
    isFormatClaimWrong:
      fields.payloadFormatIndicator === '1' &&
      payload.kind === 'bytes' &&
      decodeUtf8(payload.bytes, false).invalidByteCount > 0,
    userProperties,
    firstProblem: faults.find(([, isFault]) => isFault)?.[0],
  };
}

const maxStringBytes = 65_535;

function checkString(text: string): StringProblem | undefined {
  if (text.includes('\0')) return 'nullCharacter';
  if (/[\u{D800}-\u{DFFF}]/u.test(text)) return 'illFormed';
  return new TextEncoder().encode(text).length > maxStringBytes ? 'tooLong' : undefined;
}

function hintOf(topic: string): TopicHint | undefined {
  if (topic.startsWith('/')) return 'leadingSlash';
  if (topic.endsWith('/')) return 'trailingSlash';
  if (topic.includes('//')) return 'emptyLevel';
  if (/\s/.test(topic)) return 'whiteSpace';
  if (topic.startsWith('$')) return 'dollar';
  return undefined;
}
