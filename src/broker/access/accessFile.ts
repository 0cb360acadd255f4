/**
 * HOT PATH. Access rules in the format of mosquitto's `acl_file`.
 *
 *     topic [read|write|readwrite|deny] <topic filter>     for clients without a user name, or after a `user` line
 *     user <user name>                                     the `topic` lines that follow are this user's alone
 *     pattern [read|write|readwrite|deny] <topic filter>   for everyone; %c is the client id, %u the user name
 *
 * What no line allows is not allowed. As in mosquitto: of a user's own lines the `deny` ones are asked first, then
 * the others; then the patterns, in the same way. Otherwise than in mosquitto, who may read nothing of what a filter
 * matches may not subscribe to it; of a filter of which a part may be read, `read` is asked at each delivery.
 */
import { intersectTopicFilters, topicFilterIsCovered } from '../../mqtt/topicFilterSets.ts';
import { checkTopicFilter, topicMatches } from '../../mqtt/topics.ts';
import type { Identity } from '../accessPolicy.ts';
import { fileLines } from './fileLines.ts';
import type { FileProblem } from './fileProblem.ts';

const READ = 1;
const WRITE = 2;
const DENY = 0;

interface Rule {
  readonly topicFilter: string;
  /** READ, WRITE, both, or DENY. */
  readonly access: number;
}

/** What one client is asked about: the rules with its names filled in, in the order in which they decide. */
type ClientRules = readonly Rule[];

const accessWords: Readonly<Record<string, number>> = {
  read: READ,
  write: WRITE,
  readwrite: READ | WRITE,
  deny: DENY,
};

export type AccessFileResult = { kind: 'parsed'; rules: AccessFile } | FileProblem;

export class AccessFile {
  /** By user name; undefined holds the rules of clients without one. */
  readonly #userRules: ReadonlyMap<string | undefined, readonly Rule[]>;
  readonly #patterns: readonly Rule[];
  /** A connection keeps its identity, so its rules are made once. */
  readonly #rulesOf = new WeakMap<Identity, ClientRules>();

  private constructor(
    userRules: ReadonlyMap<string | undefined, readonly Rule[]>,
    patterns: readonly Rule[],
  ) {
    this.#userRules = userRules;
    this.#patterns = patterns;
  }

  /** @param file the name to say in a problem. */
  static parse(text: string, file: string): AccessFileResult {
    const userRules = new Map<string | undefined, Rule[]>();
    const patterns: Rule[] = [];
    let username: string | undefined;
    for (const [index, rawLine] of fileLines(text).entries()) {
      const problem = (message: string): FileProblem => ({
        kind: 'fileProblem',
        file,
        line: index + 1,
        message,
      });
      if (rawLine.startsWith('#')) continue;
      const [keyword, rest] = splitWord(rawLine.trim());
      switch (keyword) {
        case '':
          break;
        case 'user':
          if (rest === '') return problem('"user" needs a user name after it');
          username = rest;
          break;
        case 'topic':
        case 'pattern': {
          const rule = parseRule(keyword, rest);
          if (typeof rule === 'string') return problem(rule);
          if (keyword === 'pattern') patterns.push(rule);
          else userRules.set(username, [...(userRules.get(username) ?? []), rule]);
          break;
        }
        default:
          return problem(`a line starts with "topic", "pattern", "user" or "#", not with "${keyword}"`);
      }
    }
    const ordered = new Map([...userRules].map(([name, rules]) => [name, denialsFirst(rules)]));
    return { kind: 'parsed', rules: new AccessFile(ordered, denialsFirst(patterns)) };
  }

  /** HOT PATH. */
  mayRead(identity: Identity, topic: string): boolean {
    return allows(this.#clientRules(identity), topic, READ);
  }

  /** HOT PATH. */
  mayWrite(identity: Identity, topic: string): boolean {
    return allows(this.#clientRules(identity), topic, WRITE);
  }

  /** Whether there is a topic that the filter matches and that may be read. The filter is without a share prefix. */
  mayReadAnyOf(identity: Identity, topicFilter: string): boolean {
    const denied: string[] = [];
    for (const rule of this.#clientRules(identity)) {
      if (rule.access === DENY) denied.push(rule.topicFilter);
      else if ((rule.access & READ) !== 0) {
        const allowed = intersectTopicFilters(rule.topicFilter, topicFilter);
        if (allowed !== undefined && !topicFilterIsCovered(allowed, denied)) return true;
      }
    }
    return false;
  }

  #clientRules(identity: Identity): ClientRules {
    let rules = this.#rulesOf.get(identity);
    if (rules === undefined) {
      rules = [...(this.#userRules.get(identity.username) ?? []), ...this.#patternsFor(identity)];
      this.#rulesOf.set(identity, rules);
    }
    return rules;
  }

  #patternsFor({ clientId, username }: Identity): Rule[] {
    // A client that calls itself "#" would be given everyone's topics.
    if (/[+#]/.test(clientId) || /[+#]/.test(username ?? '')) return [];
    const rules: Rule[] = [];
    for (const { topicFilter, access } of this.#patterns) {
      if (username === undefined && topicFilter.includes('%u')) continue;
      const filled = topicFilter.replace(/%[cu]/g, (name) => (name === '%c' ? clientId : (username ?? name)));
      rules.push({ topicFilter: filled, access });
    }
    return rules;
  }
}

/** HOT PATH. The first rule that matches and speaks of this access decides. */
function allows(rules: ClientRules, topic: string, access: number): boolean {
  for (const rule of rules) {
    if (rule.access !== DENY && (rule.access & access) === 0) continue;
    if (topicMatches(rule.topicFilter, topic)) return rule.access !== DENY;
  }
  return false;
}

/** A string says what is wrong. */
function parseRule(keyword: string, rest: string): Rule | string {
  const [first, others] = splitWord(rest);
  if (first === '') return `"${keyword}" needs a topic filter after it`;
  // A lone word is the filter, whatever it says.
  const access = others === '' ? READ | WRITE : accessWords[first];
  if (access === undefined) {
    return `"${first}" is no kind of access: use read, write, readwrite or deny, also before a topic filter with a space`;
  }
  const topicFilter = others === '' ? first : others;
  const wrong = checkTopicFilter(topicFilter);
  return wrong === undefined
    ? { topicFilter, access }
    : `"${topicFilter}" is no topic filter: ${wrong.message}`;
}

/** The first word, and what follows the spaces after it. */
function splitWord(text: string): [word: string, rest: string] {
  const space = text.indexOf(' ');
  return space === -1 ? [text, ''] : [text.slice(0, space), text.slice(space).trimStart()];
}

function denialsFirst(rules: readonly Rule[]): Rule[] {
  return [...rules.filter((rule) => rule.access === DENY), ...rules.filter((rule) => rule.access !== DENY)];
}
