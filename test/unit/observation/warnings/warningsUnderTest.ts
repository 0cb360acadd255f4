/** A broker whose clients are watched by all rules, with a clock that the test moves. */
import type { TestContext } from 'node:test';
import type { BrokerOptions } from '../../../../src/broker/broker.ts';
import { Model } from '../../../../src/model/model.ts';
import type { WarningFacts, WarningKind } from '../../../../src/model/warnings.ts';
import { compositeObserver } from '../../../../src/observation/compositeObserver.ts';
import { ModelObserver } from '../../../../src/observation/modelObserver.ts';
import { WarningWatch } from '../../../../src/observation/warnings/warningWatch.ts';
import { BrokerUnderTest } from '../../../support/brokerUnderTest.ts';

export const SECOND_MS = 1000;

export class WarningsUnderTest {
  readonly under: BrokerUnderTest;
  readonly model = new Model({ historyBytes: 10_000_000 });

  constructor(t: TestContext, options: BrokerOptions = {}) {
    // Before the broker stops: nobody looks at what comes of that, and tick and turn are over.
    t.after(() => {
      watch.dispose();
      this.under.broker.observer = undefined;
      this.under.clock.advance(1);
    });
    this.under = new BrokerUnderTest(t, options);
    const { broker, clock } = this.under;
    const watch = new WarningWatch({
      ...{ clock, model: this.model },
      look: () => ({
        clientsConnected: broker.counters.clientsConnected,
        openExchanges: () => broker.openExchanges(),
        retainedMessage: (topic) => broker.retainedMessage(topic),
        faultOf: (clientId) => broker.faultOf(clientId),
      }),
    });
    broker.observer = compositeObserver([new ModelObserver(this.model, clock), watch.observer]);
  }

  /** What the client was warned of, in order. */
  kinds(clientId: string): WarningKind[] {
    return this.model.warnings.of(clientId).map(({ facts }) => facts.kind);
  }

  facts(clientId: string, kind: WarningKind): WarningFacts | undefined {
    return this.model.warnings.of(clientId).find(({ facts }) => facts.kind === kind)?.facts;
  }

  advanceSeconds(seconds: number): void {
    this.under.clock.advance(seconds * SECOND_MS);
  }
}
