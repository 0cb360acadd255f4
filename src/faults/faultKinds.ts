/**
 * Which scope, direction and packets each kind of fault can have, and which of its numbers are right: what one rule is
 * held against, whoever wrote it.
 */
import type { PacketKind } from '../mqtt/packets.ts';
import { packetKinds } from '../mqtt/packetTypes.ts';
import { isReasonCodeOf } from '../mqtt/reasonCodes.ts';
import { checkPlainTopicFilter } from '../mqtt/topics.ts';
import { type FaultKind, type FaultRule, type FaultScope, MAX_FAULT_SECONDS } from './faultRule.ts';

interface KindTraits {
  /** `packets`: it picks packets, and may be told which, and in which direction. `direction`: it has that alone. */
  readonly picks: 'packets' | 'publish' | 'direction' | 'nothing';
  /** Of the broker as a whole: it can mean nobody alone. */
  readonly isForAll?: true;
}

export const faultKinds: Readonly<Record<FaultKind, KindTraits>> = {
  delay: { picks: 'packets' },
  bandwidth: { picks: 'direction' },
  drop: { picks: 'packets' },
  duplicate: { picks: 'packets' },
  reorder: { picks: 'publish' },
  corrupt: { picks: 'packets' },
  split: { picks: 'packets' },
  stall: { picks: 'direction' },
  halfOpen: { picks: 'nothing' },
  idleTimeout: { picks: 'nothing' },
  gap: { picks: 'nothing' },
  refuse: { picks: 'nothing' },
  close: { picks: 'nothing' },
  closeAfter: { picks: 'packets' },
  cut: { picks: 'packets' },
  nonsense: { picks: 'nothing' },
  brokerStops: { picks: 'nothing', isForAll: true },
  loseSession: { picks: 'nothing' },
  serverKeepAlive: { picks: 'nothing' },
  receiveMaximum: { picks: 'nothing' },
  expiryClock: { picks: 'nothing', isForAll: true },
};

/** Of a rule's numbers: lowest, highest, and whether it may lie between two whole ones. */
interface NumberTraits {
  readonly lowest: number;
  readonly highest: number;
  readonly isWhole: boolean;
}

const seconds = { lowest: 0.001, highest: MAX_FAULT_SECONDS, isWhole: false };
const milliseconds = { lowest: 0, highest: MAX_FAULT_SECONDS * 1000, isWhole: false };
const wholeFromOne = { lowest: 1, highest: Number.MAX_SAFE_INTEGER, isWhole: true };
const twoBytes = { lowest: 1, highest: 65_535, isWhole: true };

/** By the name of the field; of two kinds with one, where they differ, `kind.field`. */
const numbers: Readonly<Record<string, NumberTraits>> = {
  delayMs: milliseconds,
  jitterMs: milliseconds,
  bytesPerSecond: wholeFromOne,
  percent: { lowest: 0.000_001, highest: 100, isWhole: false },
  times: wholeFromOne,
  byteOffset: { lowest: 0, highest: 268_435_459, isWhole: true },
  seconds,
  everySeconds: seconds,
  afterSeconds: seconds,
  reasonCode: { lowest: 0x80, highest: 0xff, isWhole: true },
  count: wholeFromOne,
  'serverKeepAlive.seconds': twoBytes,
  messages: twoBytes,
  aheadSeconds: { lowest: 1, highest: 0xffff_ffff, isWhole: true },
};

/**
 * What is wrong with a rule, in one sentence without a full stop that starts with the field's name; undefined when it
 * is fine.
 */
export function checkFaultRule({ who, direction, packets, behaviour }: FaultRule): string | undefined {
  const { kind } = behaviour;
  const { picks, isForAll } = faultKinds[kind];
  const badNumber = checkNumbers(behaviour);
  if (badNumber !== undefined) return badNumber;
  if (isForAll && who.kind !== 'everyone')
    return `${who.kind} can't be used with ${kind}: the whole broker does it, for everyone`;
  if (who.kind === 'topicFilter' && picks !== 'packets' && picks !== 'publish')
    return `topicFilter can't be used with ${kind}, which picks no messages: say whom by clientId or clientIdPattern`;
  if (behaviour.kind === 'close' && behaviour.at === 'open' && who.kind !== 'everyone')
    return `${who.kind} can't be used with close at "open": who a client is, its CONNECT says`;
  if (direction !== undefined && picks === 'nothing') return `direction can't be used with ${kind}`;
  if (packets !== undefined && picks !== 'packets') return `packets can't be used with ${kind}`;
  if (who.kind === 'topicFilter' && packets?.some((packet) => packet !== 'publish'))
    return 'packets can only be "publish" with a topicFilter: no other packet has a topic';
  if (packets?.length === 0) return 'packets is an empty list: leave it out for all of them';
  if (behaviour.kind === 'gap' && behaviour.seconds >= behaviour.everySeconds)
    return `seconds is ${behaviour.seconds}, must be less than everySeconds, which is ${behaviour.everySeconds}`;
  if (
    behaviour.kind === 'brokerStops' &&
    behaviour.seconds >= (behaviour.everySeconds ?? Number.POSITIVE_INFINITY)
  )
    return `seconds is ${behaviour.seconds}, must be less than everySeconds, which is ${behaviour.everySeconds}`;
  if (behaviour.kind === 'refuse' && !isReasonCodeOf('connack', behaviour.reasonCode))
    return `reasonCode is ${behaviour.reasonCode}, which is no reason code of CONNACK: as 136 (0x88), Server unavailable`;
  return checkScope(who);
}

function checkNumbers(behaviour: FaultRule['behaviour']): string | undefined {
  for (const [name, value] of Object.entries(behaviour)) {
    const traits = numbers[`${behaviour.kind}.${name}`] ?? numbers[name];
    if (traits === undefined || value === undefined) continue;
    const { lowest, highest, isWhole } = traits;
    const isNumber = typeof value === 'number' && Number.isFinite(value);
    if (isNumber && value >= lowest && value <= highest && (!isWhole || Number.isInteger(value))) continue;
    return `${name} is ${JSON.stringify(value)}, must be a ${isWhole ? 'whole ' : ''}number from ${lowest} to ${highest}`;
  }
  return undefined;
}

function checkScope(who: FaultScope): string | undefined {
  switch (who.kind) {
    case 'everyone':
      return undefined;
    case 'clientId':
      return who.clientId === '' ? 'clientId is empty' : undefined;
    case 'clientIdPattern':
      return who.pattern === '' ? 'clientIdPattern is empty; "*" is every client' : undefined;
    case 'topicFilter': {
      const problem = checkPlainTopicFilter(who.topicFilter);
      return problem === undefined ? undefined : `topicFilter can't be used: ${problem.message}`;
    }
  }
}

/** In the order of the table. */
export const faultKindNames = Object.keys(faultKinds) as readonly FaultKind[]; // a Record has exactly these keys

/** Every kind of packet, as `packets` names them. */
export const packetKindNames: readonly PacketKind[] = packetKinds;
