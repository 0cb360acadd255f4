/**
 * What a topic name and a topic filter may look like, and which match.
 *
 * The one place that decides, from the wire to the screen: pure functions of strings, without imports, so that the
 * extension and the webviews validate with the same rules while a person types. Clauses are those of 5.0.
 */

export type TopicProblem = {
  kind:
    | 'empty'
    | 'tooLong'
    | 'nullCharacter'
    | 'illFormed'
    | 'wildcardInName'
    | 'multiLevelNotLast'
    | 'multiLevelNotAlone'
    | 'singleLevelNotAlone'
    | 'shareNameInvalid'
    | 'shareFilterMissing';
  /** Index in the string of the character at fault. */
  at: number;
  /** Statement of MQTT 5.0, without brackets. */
  clause: string;
  /** One English sentence, for logs. Screens have their own words for each kind. */
  message: string;
};

const PLUS = 0x2b;
const HASH = 0x23;
const SLASH = 0x2f;
const DOLLAR = 0x24;
const SHARE_PREFIX = '$share/';
const MAX_UTF8_BYTES = 65_535;

/** The first thing wrong with a name to publish to; undefined when it is fine. */
export function checkTopicName(topic: string): TopicProblem | undefined {
  return checkCharacters(topic, 'topic name') ?? checkNoWildcard(topic);
}

/** The first thing wrong with a filter to subscribe to, `$share/name/filter` included; undefined when it is fine. */
export function checkTopicFilter(filter: string): TopicProblem | undefined {
  const problem = checkCharacters(filter, 'topic filter');
  if (problem !== undefined) return problem;
  if (!filter.startsWith(SHARE_PREFIX)) return checkWildcards(filter, 0);
  return checkShareName(filter) ?? checkWildcards(filter, shareNameEnd(filter) + 1);
}

/** As checkTopicFilter for MQTT 3.1 and 3.1.1, which know no shared subscriptions: `$share` is a level like any. */
export function checkPlainTopicFilter(filter: string): TopicProblem | undefined {
  return checkCharacters(filter, 'topic filter') ?? checkWildcards(filter, 0);
}

/** Undefined for a filter that is not shared, or whose share prefix checkTopicFilter refuses. */
export function parseSharedFilter(filter: string): { shareName: string; topicFilter: string } | undefined {
  if (!filter.startsWith(SHARE_PREFIX) || checkShareName(filter) !== undefined) return undefined;
  const end = shareNameEnd(filter);
  return { shareName: filter.slice(SHARE_PREFIX.length, end), topicFilter: filter.slice(end + 1) };
}

/**
 * Whether a topic name is in a filter's set. The reference that a subscription tree is tested against; allocates
 * nothing. Both must be valid. A share prefix is not looked at: hand in the filter that follows it.
 */
export function topicMatches(topicFilter: string, topic: string): boolean {
  const firstOfFilter = topicFilter.charCodeAt(0);
  // [MQTT-4.7.2-1]
  if (topic.charCodeAt(0) === DOLLAR && (firstOfFilter === PLUS || firstOfFilter === HASH)) return false;

  let f = 0;
  let t = 0;
  // One level a turn; f and t are at the first character of a level, or at the end for an empty last level.
  for (;;) {
    const character = topicFilter.charCodeAt(f);
    if (character === HASH) return true;
    if (character === PLUS) {
      f++;
      while (t < topic.length && topic.charCodeAt(t) !== SLASH) t++;
    } else {
      while (f < topicFilter.length && topicFilter.charCodeAt(f) !== SLASH) {
        if (t === topic.length || topicFilter.charCodeAt(f) !== topic.charCodeAt(t)) return false;
        f++;
        t++;
      }
    }
    if (t === topic.length) return f === topicFilter.length || isParentOfAll(topicFilter, f);
    if (f === topicFilter.length || topic.charCodeAt(t) !== SLASH) return false;
    f++;
    t++;
  }
}

/** `sport/#` holds `sport` too: whether the filter ends in `/#` from here. Section 4.7.1.2. */
function isParentOfAll(topicFilter: string, f: number): boolean {
  return topicFilter.length === f + 2 && topicFilter.charCodeAt(f + 1) === HASH;
}

/** What is wrong with a string as such, whichever it is. */
function checkCharacters(text: string, what: string): TopicProblem | undefined {
  if (text.length === 0) {
    return {
      kind: 'empty',
      at: 0,
      clause: 'MQTT-4.7.3-1',
      message: `A ${what} needs at least one character.`,
    };
  }
  let utf8Bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const at = i;
    const unit = text.charCodeAt(i);
    if (unit === 0) {
      return {
        kind: 'nullCharacter',
        at,
        clause: 'MQTT-4.7.3-2',
        message: `A ${what} must not contain the null character U+0000.`,
      };
    }
    if (unit < 0x80) utf8Bytes += 1;
    else if (unit < 0x800) utf8Bytes += 2;
    else if (unit < 0xd800 || unit > 0xdfff) utf8Bytes += 3;
    else {
      const next = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      if (unit > 0xdbff || next < 0xdc00 || next > 0xdfff) {
        return {
          kind: 'illFormed',
          at,
          clause: 'MQTT-1.5.4-1',
          message: `A ${what} must not contain half of a surrogate pair: it has no UTF-8 form.`,
        };
      }
      utf8Bytes += 4;
      i++;
    }
    if (utf8Bytes > MAX_UTF8_BYTES) {
      return {
        kind: 'tooLong',
        at,
        clause: 'MQTT-4.7.3-3',
        message: `A ${what} takes at most 65,535 bytes of UTF-8.`,
      };
    }
  }
  return undefined;
}

function checkNoWildcard(topic: string): TopicProblem | undefined {
  for (let i = 0; i < topic.length; i++) {
    const character = topic.charCodeAt(i);
    if (character !== PLUS && character !== HASH) continue;
    return {
      kind: 'wildcardInName',
      at: i,
      clause: 'MQTT-4.7.0-1',
      message: `A topic name must not contain "${topic[i]}": wildcards are for subscriptions only.`,
    };
  }
  return undefined;
}

function checkWildcards(filter: string, start: number): TopicProblem | undefined {
  for (let i = start; i < filter.length; i++) {
    const character = filter.charCodeAt(i);
    if (character !== PLUS && character !== HASH) continue;
    const startsLevel = i === start || filter.charCodeAt(i - 1) === SLASH;
    const isLast = i + 1 === filter.length;
    const endsLevel = isLast || filter.charCodeAt(i + 1) === SLASH;
    if (character === PLUS && !(startsLevel && endsLevel)) {
      return {
        kind: 'singleLevelNotAlone',
        at: i,
        clause: 'MQTT-4.7.1-2',
        message: 'The wildcard "+" must fill a whole level, as in a/+/b.',
      };
    }
    if (character === HASH && !startsLevel) {
      return {
        kind: 'multiLevelNotAlone',
        at: i,
        clause: 'MQTT-4.7.1-1',
        message: 'The wildcard "#" must fill a whole level, as in a/#.',
      };
    }
    if (character === HASH && !isLast) {
      return {
        kind: 'multiLevelNotLast',
        at: i,
        clause: 'MQTT-4.7.1-1',
        message: 'The wildcard "#" must be the last character of a topic filter.',
      };
    }
  }
  return undefined;
}

/** Index of the slash that ends the share name, or -1. */
function shareNameEnd(filter: string): number {
  return filter.indexOf('/', SHARE_PREFIX.length);
}

/** Of a filter that starts with `$share/`: what is wrong before its topic filter, or with its absence. */
function checkShareName(filter: string): TopicProblem | undefined {
  const end = shareNameEnd(filter);
  const nameLimit = end === -1 ? filter.length : end;
  if (nameLimit === SHARE_PREFIX.length) {
    return {
      kind: 'shareNameInvalid',
      at: nameLimit,
      clause: 'MQTT-4.8.2-1',
      message: 'A shared subscription needs a share name: $share/<name>/<topic filter>.',
    };
  }
  for (let i = SHARE_PREFIX.length; i < nameLimit; i++) {
    const character = filter.charCodeAt(i);
    if (character !== PLUS && character !== HASH) continue;
    return {
      kind: 'shareNameInvalid',
      at: i,
      clause: 'MQTT-4.8.2-2',
      message: `A share name must not contain "${filter[i]}".`,
    };
  }
  if (end === -1 || end + 1 === filter.length) {
    return {
      kind: 'shareFilterMissing',
      at: filter.length,
      clause: 'MQTT-4.8.2-2',
      message: 'A share name must be followed by "/" and a topic filter: $share/<name>/<topic filter>.',
    };
  }
  return undefined;
}
