/**
 * Networks and evenings that devices meet, as lists of rules. The numbers are typical ones, not of any one network:
 * docs/faults.md says what each is to show.
 */
import type { FaultBehaviour, FaultRule, FaultScope } from './faultRule.ts';

export const presetNames = ['weakWifi', 'lteTunnel', 'brokerRestart', 'natTimeout', 'captivePortal'] as const;

export type PresetName = (typeof presetNames)[number];

const behaviours: Readonly<Record<PresetName, readonly FaultBehaviour[]>> = {
  // Retries of the radio are delay to TCP; now and then the device leaves the access point.
  weakWifi: [
    { kind: 'delay', delayMs: 20, jitterMs: 400 },
    { kind: 'bandwidth', bytesPerSecond: 60_000 },
    { kind: 'cut', percent: 0.5 },
  ],
  // Half a second there and back, some kilobytes a second, and nothing at all for a while, again and again.
  lteTunnel: [
    { kind: 'delay', delayMs: 100, jitterMs: 300 },
    { kind: 'bandwidth', bytesPerSecond: 15_000 },
    { kind: 'gap', everySeconds: 60, seconds: 20 },
  ],
  // As of a broker without persistence.
  brokerRestart: [{ kind: 'brokerStops', seconds: 10, losesSessions: true }],
  // Home routers forget a TCP connection after some minutes, mobile networks after less.
  natTimeout: [{ kind: 'idleTimeout', seconds: 30 }],
  captivePortal: [{ kind: 'nonsense' }],
};

/** Presets that the whole broker does: they can mean nobody alone. */
export function isPresetForAll(name: PresetName): boolean {
  return behaviours[name].some(({ kind }) => kind === 'brokerStops');
}

export function rulesOfPreset(name: PresetName, who: FaultScope): readonly FaultRule[] {
  return behaviours[name].map((behaviour) => ({ who, behaviour }));
}
