/** Faults at will, behind the methods and the event of the contract. They are the running broker's, and end with it. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type {
  FaultInjection,
  FaultMethods,
  StartFaultsParams,
  StartFaultsResult,
} from '../contracts/faults.ts';
import type { Faults, Injection } from '../faults/faults.ts';
import { presetNames, rulesOfPreset } from '../faults/presets.ts';
import { ChangePump } from './changePump.ts';
import type { Emit } from './modelEvents.ts';
import type { Handlers } from './rpcServer.ts';

const CHANGED_INTERVAL_MS = 250;

export interface FaultServiceOptions {
  clock: Clock;
  /** Of the running broker. */
  faults(): Faults | undefined;
  emit: Emit;
}

export class FaultService implements Handlers<FaultMethods>, Disposable {
  readonly #options: FaultServiceOptions;
  readonly #changed: ChangePump;
  #following: Disposable | undefined;

  constructor(options: FaultServiceOptions) {
    this.#options = options;
    this.#changed = new ChangePump({
      clock: options.clock,
      intervalMs: CHANGED_INTERVAL_MS,
      send: () => {
        options.emit('faultsChanged', this.listFaults());
        return false;
      },
    });
  }

  startFaults(params: StartFaultsParams): StartFaultsResult {
    const faults = this.#options.faults();
    if (faults === undefined) return { kind: 'brokerNotRunning' };
    const { seed } = params;
    const rules = 'rules' in params ? params.rules : rulesOfPreset(params.preset, params.who);
    const result = faults.start(rules, {
      ...(seed !== undefined && { seed }),
      ...('preset' in params && { name: params.preset }),
    });
    if (result.kind === 'invalidRule') return { kind: 'invalidRule', message: result.message };
    return { kind: 'started', injection: infoOf(result.injection) };
  }

  stopFaults({ id }: { id?: number }): { kind: 'stopped' | 'notOn' } {
    return { kind: this.#options.faults()?.stop(id) === true ? 'stopped' : 'notOn' };
  }

  listFaults(): readonly FaultInjection[] {
    return (this.#options.faults()?.injections ?? []).map(infoOf);
  }

  /** Another broker runs, or none: what is on now is told. */
  brokerChanged(): void {
    this.#following?.dispose();
    this.#following = this.#options.faults()?.onDidChange(() => this.#changed.touch());
    this.#changed.touch();
  }

  dispose(): void {
    this.#following?.dispose();
    this.#changed.dispose();
  }
}

function infoOf({ id, name, seed, rules, applied }: Injection): FaultInjection {
  const preset = presetNames.find((candidate) => candidate === name);
  return { id, seed, rules, applied, ...(preset !== undefined && { preset }) };
}
