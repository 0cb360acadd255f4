/**
 * Imported before other tests: every broker under test has a fault on that does nothing, so that each packet goes through
 * the transport in between, both ways.
 */
import assert from 'node:assert/strict';
import { Faults } from '../../../src/faults/faults.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';

BrokerUnderTest.surround = (broker, clock) => {
  const faults = new Faults({
    ...{ broker, clock },
    random: () => 0,
    log: () => {},
    isExempt: () => false,
    ports: { close: async () => {}, reopen: async () => {} },
  });
  const started = faults.start([
    { who: { kind: 'everyone' }, behaviour: { kind: 'delay', delayMs: 0, jitterMs: 0 } },
  ]);
  assert.equal(started.kind, 'started');
  return faults;
};
