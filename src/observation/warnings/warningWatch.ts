/**
 * All rules together, as one observer of the broker: what they find goes to the model's warnings.
 *
 * Owns the tick, which runs while clients are connected. The workbench's own client is a client like any other: what a
 * person does by it may hurt a device as well.
 */
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { BrokerObserver } from '../../broker/observer.ts';
import type { Model } from '../../model/model.ts';
import { compositeObserver } from '../compositeObserver.ts';
import { announcedSizeRule } from './announcedSize.ts';
import { keepAliveRule } from './keepAlive.ts';
import { latePingsRule } from './latePings.ts';
import { libraryBuffersRule } from './libraryBuffers.ts';
import { nothingQueuedRule } from './nothingQueued.ts';
import { openExchangesRule } from './openExchanges.ts';
import { reconnectLoopRule } from './reconnectLoop.ts';
import { retainedCommandsRule } from './retainedCommands.ts';
import { samePayloadRule } from './samePayload.ts';
import { sharedClientIdRule } from './sharedClientId.ts';
import { unclearedWillRule } from './unclearedWill.ts';
import { unsetWillRule } from './unsetWill.ts';
import type { BrokerLook, RuleContext, WarningRule } from './warningRule.ts';

const TICK_INTERVAL_MS = 10_000;

export interface WarningWatchOptions {
  clock: Clock;
  model: Model;
  /** Of the running broker; undefined when it does not run. */
  look(): BrokerLook | undefined;
}

export class WarningWatch implements Disposable {
  readonly #options: WarningWatchOptions;
  readonly #rules: readonly WarningRule[];
  #timer: Disposable | undefined;

  readonly observer: BrokerObserver;

  constructor(options: WarningWatchOptions) {
    const { clock, model } = options;
    const { warnings } = model;
    this.#options = options;
    const context: RuleContext = {
      clock,
      warn: (clientId, facts) => warnings.add({ clientId, atMs: clock.nowMs(), facts }),
      over: (clientId, kind) => warnings.remove(clientId, kind),
      has: (clientId, kind) => warnings.has(clientId, kind),
    };
    this.#rules = [
      sharedClientIdRule(context),
      keepAliveRule(context),
      latePingsRule(context),
      unsetWillRule(context),
      unclearedWillRule(context),
      openExchangesRule(context),
      retainedCommandsRule(context),
      nothingQueuedRule(context, model.log),
      announcedSizeRule(context),
      libraryBuffersRule(context),
      reconnectLoopRule(context),
      samePayloadRule(context, model),
    ];
    this.observer = compositeObserver([{ clientConnected: () => this.#awaitTick() }, ...this.#rules]);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #awaitTick(): void {
    this.#timer ??= this.#options.clock.setTimeout(() => this.#tick(), TICK_INTERVAL_MS);
  }

  #tick(): void {
    this.#timer = undefined;
    const look = this.#options.look();
    if (look === undefined) return;
    for (const rule of this.#rules) rule.tick?.(look);
    if (look.clientsConnected > 0) this.#awaitTick();
  }
}
