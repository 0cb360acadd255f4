/**
 * What a fault that somebody injected did to a connection: told by who makes the broker misbehave on purpose
 * (src/faults), so that nobody blames the client for it. The broker itself does nothing by it.
 */

/**
 * `ended`: it closed the connection. `silenced`: it held back what the client sent, and nothing came since. `touched`:
 * anything else, of which the client may have made what followed.
 */
export type FaultDeed = 'touched' | 'silenced' | 'ended';

export interface InjectedFault {
  /** As the lines of its log have it: `1.1`. */
  readonly rule: string;
  /** What it is: its kind, or the preset that it is a part of. */
  readonly name: string;
  readonly did: FaultDeed;
}

const weights: Readonly<Record<FaultDeed, number>> = { touched: 0, silenced: 1, ended: 2 };

/** What is to be remembered of two: the one that says more of how the connection ends, and of equals the later. */
export function weightierFault(known: InjectedFault | undefined, later: InjectedFault): InjectedFault {
  return known !== undefined && weights[known.did] > weights[later.did] ? known : later;
}
