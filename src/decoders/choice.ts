/** What a person has said of their topics: which decoder reads them, and how. One entry of the setting. */
import type { ByteOrder, Compression, DecoderId, DecodeSettings, NumberType } from './decoder.ts';

export interface DecoderChoice {
  topicFilter: string;
  decoder: DecoderId;
  /** Of text and JSON: a label of the WHATWG Encoding Standard, such as `gbk`. */
  encoding?: string;
  /** Of protobuf and Avro. */
  schemaFile?: string;
  /** Of protobuf: the message, with its package or without. */
  messageType?: string;
  byteOrder?: ByteOrder;
  numberType?: NumberType;
  /** `none` leaves the payload as it is, even where it looks wrapped. Default: found out. */
  compression?: Compression | 'none';
}

/** Whether a topic is one of a topic filter's. */
export type TopicMatcher = (topicFilter: string, topic: string) => boolean;

/** The choice whose filter says most about the topic; of equal ones the first. */
export function choiceFor(
  choices: readonly DecoderChoice[],
  topic: string,
  matches: TopicMatcher,
): DecoderChoice | undefined {
  let best: DecoderChoice | undefined;
  for (const choice of choices) {
    if (!matches(choice.topicFilter, topic)) continue;
    if (best === undefined || isMoreSpecific(choice.topicFilter, best.topicFilter)) best = choice;
  }
  return best;
}

export function settingsOf(choice: DecoderChoice): DecodeSettings {
  const { topicFilter: _topicFilter, decoder: _decoder, compression, ...settings } = choice;
  if (compression === undefined) return settings;
  return { ...settings, via: compression === 'none' ? [] : [compression] };
}

/** Both match the same topic: the first level at which they differ decides, a name before `+` before `#`. */
function isMoreSpecific(filter: string, other: string): boolean {
  const otherLevels = other.split('/');
  for (const [i, level] of filter.split('/').entries()) {
    const otherLevel = otherLevels[i];
    // The other one has ended without `#`: then this is its `#`, which stands for nothing.
    if (otherLevel === undefined) return false;
    const difference = rank(level) - rank(otherLevel);
    if (difference !== 0) return difference > 0;
  }
  return filter.split('/').length < otherLevels.length;
}

function rank(level: string): number {
  if (level === '#') return 0;
  return level === '+' ? 1 : 2;
}
