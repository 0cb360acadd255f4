/** Connections that are tested, each told about while it goes on. Owns which tests are under way. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { ConnectParams, Failure } from '../client/clientTypes.ts';
import type { ConnectionTestMethods, TestProgressInfo, TestReport } from '../contracts/connectionTests.ts';
import type { RemoteBrokerParams } from '../contracts/remoteBrokers.ts';
import { ChangePump } from './changePump.ts';
import type { Emit } from './modelEvents.ts';
import type { Handlers } from './rpcServer.ts';

const PROGRESS_INTERVAL_MS = 100;

export interface ConnectionTestsOptions {
  clock: Clock;
  emit: Emit;
  /** As for a connection that is to stay: with its files read. */
  connectParamsOf(params: RemoteBrokerParams): Promise<ConnectParams | Failure>;
}

export class ConnectionTests implements Handlers<ConnectionTestMethods>, Disposable {
  readonly #options: ConnectionTestsOptions;
  readonly #underWay = new Map<number, AbortController>();

  constructor(options: ConnectionTestsOptions) {
    this.#options = options;
  }

  async testConnection(params: { testId: number; connection: RemoteBrokerParams }): Promise<TestReport> {
    const { testId, connection } = params;
    const { clock, emit } = this.#options;
    const ending = new AbortController();
    this.#underWay.set(testId, ending);
    let progress: TestProgressInfo = { steps: [], stage: undefined };
    const pump = new ChangePump({
      clock,
      intervalMs: PROGRESS_INTERVAL_MS,
      send: () => {
        emit('connectionTestProgress', { testId, ...progress });
        return false;
      },
    });
    try {
      const connectParams = await this.#options.connectParamsOf(connection);
      if ('kind' in connectParams)
        return { ...progress, stage: connectParams.fault?.stage, end: connectParams };
      // Loaded when it is first needed: see workbench.ts.
      const { testConnection } = await import('../client/mqttClients.ts');
      const end = await testConnection(connectParams, {
        clock,
        signal: ending.signal,
        onProgress: (latest) => {
          progress = latest;
          pump.touch();
        },
      });
      return { ...progress, end };
    } finally {
      pump.dispose();
      this.#underWay.delete(testId);
    }
  }

  cancelTest({ testId }: { testId: number }): void {
    this.#underWay.get(testId)?.abort();
  }

  dispose(): void {
    for (const ending of this.#underWay.values()) ending.abort();
  }
}
