/** What Inject Fault has been answered so far, and the rules that it makes. Not a command itself. */
import type {
  FaultBehaviour,
  FaultDirection,
  FaultKind,
  FaultPreset,
  FaultRule,
  FaultScope,
  StartFaultsParams,
} from '../../contracts/faults.ts';
import type { PacketKindName } from '../../contracts/trace.ts';

export type FaultChoice = { readonly preset: FaultPreset } | { readonly kind: FaultKind };

export interface FaultDraft {
  choice: FaultChoice;
  who: FaultScope;
  direction?: FaultDirection;
  packets?: readonly PacketKindName[];
  /** By the name of the field. */
  numbers: Record<string, number>;
  at: 'open' | 'connect' | 'connack';
  /** Drawn where it is not given. */
  seed?: number;
}

/** Those that the whole broker does. */
const forEveryone: ReadonlySet<FaultKind | FaultPreset> = new Set([
  'brokerRestart',
  'brokerStops',
  'expiryClock',
]);

export const nameOf = (choice: FaultChoice): FaultKind | FaultPreset =>
  'preset' in choice ? choice.preset : choice.kind;

export function meansEveryone(choice: FaultChoice): boolean {
  return forEveryone.has(nameOf(choice));
}

/** What was answered, for the engine. */
export function paramsOf(draft: FaultDraft): StartFaultsParams {
  const { choice, seed } = draft;
  const who = meansEveryone(choice) ? ({ kind: 'everyone' } as const) : draft.who;
  return {
    ...('preset' in choice
      ? { preset: choice.preset, who }
      : { rules: [ruleOf({ ...draft, who }, choice.kind)] }),
    ...(seed !== undefined && { seed }),
  };
}

function ruleOf({ who, direction, packets, numbers, at }: FaultDraft, kind: FaultKind): FaultRule {
  const fields: Record<string, unknown> = { kind, ...numbers };
  if (kind === 'close') fields.at = at;
  if (kind === 'brokerStops') fields.losesSessions = false;
  return {
    who,
    ...(direction !== undefined && { direction }),
    ...(packets !== undefined && { packets }),
    behaviour: fields as FaultBehaviour, // the engine checks it, field by field
  };
}
