/**
 * What becomes of one packet, by all rules that pick it: drawn here, done by the transport.
 *
 * Rules are asked in their order. Each draws for each packet that it picks, whatever the others say of it: so a rule that
 * is taken out of the list leaves the luck of the others as it is.
 */
import type { ActiveRule } from './activeRule.ts';
import type { FaultDirection } from './faultRule.ts';
import type { PacketFacts } from './packetFacts.ts';

export interface PacketFate {
  delayMs: number;
  isSplit: boolean;
  /** By which it is late, or comes in pieces. */
  slowedBy: ActiveRule | undefined;
  /** The rule that does it. */
  droppedBy: ActiveRule | undefined;
  duplicatedBy: ActiveRule | undefined;
  heldBackBy: ActiveRule | undefined;
  /** `flip`: the bits that turn, 1 to 255. */
  corruption: { by: ActiveRule; byteOffset: number; flip: number } | undefined;
  /** The connection ends in the middle of this packet. */
  cutBy: ActiveRule | undefined;
  /** It ends behind this packet. */
  closedBy: ActiveRule | undefined;
}

/** Of one connection: how many packets each rule has picked, for those that count. */
export type PacketCounts = Map<ActiveRule, number>;

export function fateOf(
  rules: readonly ActiveRule[],
  counts: PacketCounts,
  clientId: string,
  direction: FaultDirection,
  facts: PacketFacts,
  topic: string | undefined,
  packetBytes: number,
): PacketFate {
  const fate: PacketFate = {
    delayMs: 0,
    isSplit: false,
    slowedBy: undefined,
    droppedBy: undefined,
    duplicatedBy: undefined,
    heldBackBy: undefined,
    corruption: undefined,
    cutBy: undefined,
    closedBy: undefined,
  };
  for (const rule of rules) {
    if (!rule.picks(direction, facts, topic)) continue;
    const { behaviour } = rule;
    switch (behaviour.kind) {
      case 'delay': {
        const { delayMs, jitterMs } = behaviour;
        const lateMs = delayMs + jitterMs * rule.stream(clientId, direction).random.next();
        fate.delayMs += lateMs;
        if (lateMs > 0) fate.slowedBy ??= rule;
        break;
      }
      case 'split':
        fate.isSplit = true;
        fate.slowedBy ??= rule;
        break;
      case 'drop':
        if (isHit(rule, behaviour, clientId, direction)) fate.droppedBy ??= rule;
        break;
      case 'duplicate':
        if (isHit(rule, behaviour, clientId, direction)) fate.duplicatedBy ??= rule;
        break;
      case 'reorder':
        if (facts.kind === 'publish' && isHit(rule, behaviour, clientId, direction)) fate.heldBackBy ??= rule;
        break;
      case 'corrupt': {
        const hit = isHit(rule, behaviour, clientId, direction);
        const { random } = rule.stream(clientId, direction);
        // Drawn in any case: what comes next does not hang on whether this one was hit.
        const byteOffset = behaviour.byteOffset ?? random.below(packetBytes);
        const flip = 1 + random.below(255);
        if (hit && byteOffset < packetBytes) fate.corruption ??= { by: rule, byteOffset, flip };
        break;
      }
      case 'cut':
        if (isHit(rule, behaviour, clientId, direction)) fate.cutBy ??= rule;
        break;
      case 'closeAfter': {
        const count = (counts.get(rule) ?? 0) + 1;
        counts.set(rule, count);
        if (count === behaviour.count) fate.closedBy ??= rule;
        break;
      }
      default:
        // The rest is no matter of single packets.
        break;
    }
  }
  return fate;
}

function isHit(
  rule: ActiveRule,
  { percent, times }: { percent: number; times?: number },
  clientId: string,
  direction: FaultDirection,
): boolean {
  return rule.hits(rule.stream(clientId, direction), percent, times);
}
