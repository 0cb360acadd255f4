/** Inject Fault…: what is to go wrong, for whom, and how much of it. From a client's row, for that client. */
import { l10n } from 'vscode';
import { askSteps, keeping, type Step } from '../questions/askSteps.ts';
import type { Services } from '../services.ts';
import { describeInjection } from '../words/faultWords.ts';
import { clientArgument } from './arguments.ts';
import { type FaultDraft, paramsOf } from './faultDraft.ts';
import { ensureRunning } from './launch.ts';

export async function injectFault(services: Services, argument: unknown): Promise<void> {
  const title = l10n.t('Inject Fault');
  const { engine, questions } = services;
  if (!(await ensureRunning(services, title))) return;
  const clientId = clientArgument(argument);
  if (clientId !== undefined && (await isWorkbench(services, clientId))) {
    await questions.say(
      'information',
      l10n.t('Faults leave the workbench’s own client alone: with it you look at what the others do.'),
    );
    return;
  }
  // The questions are a bundle of their own: many, and seldom asked.
  const { askFault, laterSteps } = await import('./faultSteps.ts');
  const draft: FaultDraft = {
    choice: { preset: 'weakWifi' },
    who: clientId === undefined ? { kind: 'everyone' } : { kind: 'clientId', clientId },
    numbers: {},
    at: 'connect',
  };
  const steps: Step[] = [];
  steps.push(
    keeping(
      () => askFault(services, title),
      (choice) => {
        draft.choice = choice;
        draft.numbers = {};
        delete draft.direction;
        delete draft.packets;
        delete draft.seed;
        // What is asked next hangs on what was chosen.
        steps.splice(1, steps.length, ...laterSteps(services, title, draft, clientId !== undefined));
      },
    ),
  );
  if (!(await askSteps(steps))) return;
  const result = await engine.call('startFaults', paramsOf(draft));
  switch (result.kind) {
    case 'started':
      questions.confirm(l10n.t('Fault on: {0}', describeInjection(result.injection)));
      break;
    case 'brokerNotRunning':
      await questions.say('error', l10n.t('No fault is on: the local broker is not running.'));
      break;
    case 'invalidRule':
      await questions.say('error', l10n.t('No fault is on, as this can’t be done: {0}.', result.message));
      break;
  }
}

async function isWorkbench({ engine }: Services, clientId: string): Promise<boolean> {
  const [client] = (await engine.callIfRunning('clientDetails', { clientIds: [clientId] })) ?? [];
  return client?.isWorkbench === true;
}
