/**
 * Test Connection as the form does it, of an entry in the settings: the report, and what a person reads. Import
 * test/support/wordsOfExtension.ts before it, and it by `import()`.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import type { TestStepView, TestView } from '../../src/contracts/connectionForm.ts';
import type { TestReport } from '../../src/contracts/connectionTests.ts';
import type { RemoteBrokerParams } from '../../src/contracts/remoteBrokers.ts';
import { ConnectionTests } from '../../src/engine/connectionTests.ts';
import { connectParamsOf } from '../../src/engine/remoteParams.ts';
import { type ConnectionProfile, readEntry } from '../../src/extension/connections/profiles.ts';
import { describeTest } from '../../src/extension/words/connectionTestWords.ts';
import { House } from './house.ts';

const surroundings = { isTrusted: true, folder: undefined, home: '/home/me' };

export interface Tried extends TestView {
  report: TestReport;
  /** By its stage. */
  step(stage: TestStepView['stage']): TestStepView;
  failed: TestStepView | undefined;
}

/** @param others what is a secret, and in no settings; `tls` beside what the entry says of it. */
export async function tried(
  t: TestContext,
  entry: object,
  { tls: more, ...others }: Partial<RemoteBrokerParams> = {},
): Promise<Tried> {
  const house = new House(t);
  const { profile, faults } = readEntry({ name: 'Gateway', ...entry }, 'user', [], surroundings);
  assert.deepEqual(faults, []);
  assert.ok(profile !== undefined);
  const { url, protocolVersion, tls, keepAliveSeconds, username } = profile;
  const connection = house.params(url, {
    ...{ protocolVersion, tls: { ...tls, ...more }, keepAliveSeconds },
    ...(username !== undefined && { username }),
    ...others,
  });
  const tests = new ConnectionTests({
    clock: systemClock,
    emit: () => {},
    connectParamsOf: (params) => connectParamsOf(params, readFile),
  });
  const report = await tests.testConnection({ testId: 1, connection });
  return { report, ...viewOf(profile, report, connection.clientId) };
}

function viewOf(profile: ConnectionProfile, report: TestReport, clientId: string): Omit<Tried, 'report'> {
  const view = describeTest({ profile, clientId, aside: undefined }, report, report.end, Date.now());
  return {
    ...view,
    step: (stage) => {
      const found = view.steps.find((each) => each.stage === stage);
      assert.ok(found, `${stage} is none of ${view.steps.map((each) => each.stage).join(', ')}`);
      return found;
    },
    failed: view.steps.find(({ state }) => state === 'failed'),
  };
}

export const stages = ({ steps }: TestView): string[] => steps.map(({ stage, state }) => `${stage} ${state}`);

/** Fields to go to, and labels of buttons. */
export const fixes = (step: TestStepView | undefined): string[] =>
  (step?.fixes ?? []).map((fix) => (fix.kind === 'goTo' ? fix.field : fix.label));

export const fact = ({ facts }: TestStepView, label: string): string | undefined =>
  facts.flatMap(({ rows }) => rows).find(([each]) => each === label)?.[1];
