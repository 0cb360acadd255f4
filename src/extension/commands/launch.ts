/**
 * Starts a broker for a command: what went wrong is told in one sentence, with the button that helps.
 *
 * Not a command itself. Every kind of LaunchResult has its words here.
 */
import { commands, l10n, Position, Selection, Uri, window } from 'vscode';
import type { RunningBroker, StartBrokerResult } from '../../contracts/engine.ts';
import { commandIds } from '../../contracts/manifest.ts';
import type { Answers, LaunchResult } from '../localBroker.ts';
import type { Services } from '../services.ts';
import { showSettings } from '../showSettings.ts';
import { askWhetherToExpose } from './askWhetherToExpose.ts';

export interface Launched {
  kind: 'started' | 'alreadyRunning';
  broker: RunningBroker;
}

/**
 * Undefined when no broker runs in the end.
 *
 * @param start called again with the person's answer, where one keeps the broker from running.
 */
export async function launch(
  services: Services,
  start: (answers: Answers) => Promise<LaunchResult>,
  answers: Answers = {},
): Promise<Launched | undefined> {
  const result = await start(answers);
  switch (result.kind) {
    case 'started':
      for (const notice of result.notices) services.inBackground(tell(services, notice));
      return result;
    case 'alreadyRunning':
      return result;
    case 'portInUse': {
      const answer = await askForAnotherPort(services, result);
      return answer && launch(services, start, { ...answers, ...answer });
    }
    case 'wouldExpose': {
      const answer = await askWhetherToExpose(services, result);
      return answer && launch(services, start, { ...answers, ...answer });
    }
    case 'noCertificate': {
      const answer = await offerTlsSetup(services, result.message);
      return answer && launch(services, start, { ...answers, ...answer });
    }
    case 'configurationProblem':
      await showConfigurationProblem(services, result);
      return undefined;
    case 'notPermitted':
      await offerSettings(
        services,
        l10n.t(
          'This system does not let the editor listen on port {0}. Ports from 1024 on are open to every program.',
          result.port,
        ),
      );
      return undefined;
    case 'addressNotAvailable':
      await offerSettings(
        services,
        l10n.t('{0} is not an address of this computer, so no broker can listen on it.', result.host),
      );
      return undefined;
    case 'failed': {
      const showLog = l10n.t('Show Log');
      const message = l10n.t('The local broker did not start: {0}', result.message);
      if ((await services.questions.say('error', message, showLog)) === showLog) services.log.show();
      return undefined;
    }
  }
}

/** For commands that need a broker: offers to start one, and goes on when it runs. */
export async function ensureRunning(services: Services, title: string): Promise<boolean> {
  if (services.broker.state.kind === 'running') return true;
  const answer = await services.questions.pick({
    title,
    placeholder: l10n.t('The local broker is not running.'),
    choices: [{ value: true, label: l10n.t('Start Local Broker'), icon: 'play' }],
  });
  if (answer.kind !== 'answered') return false;
  return (await launch(services, (answers) => services.broker.start(answers))) !== undefined;
}

type Problem<Kind extends StartBrokerResult['kind']> = Extract<StartBrokerResult, { kind: Kind }>;

async function askForAnotherPort(
  services: Services,
  { port, owner, instead }: Problem<'portInUse'>,
): Promise<Answers | undefined> {
  const problem = owner
    ? l10n.t('Port {0} is in use by {1} (process {2}).', port, owner.name, owner.pid)
    : l10n.t('Port {0} is in use by another program.', port);
  if (instead === undefined) {
    await offerSettings(services, problem);
    return undefined;
  }
  const useAnother = l10n.t('Use Another Port');
  const message = `${problem} ${l10n.t('Port {0} is free.', instead.freePort)}`;
  const button = await offerSettings(services, message, useAnother);
  if (button !== useAnother) return undefined;
  return { [instead.choice]: { use: instead.freePort, insteadOf: instead.configuredPort } };
}

async function offerTlsSetup({ questions }: Services, problem: string): Promise<Answers | undefined> {
  const setUp = l10n.t('Set Up TLS');
  const without = l10n.t('Start without TLS');
  const message = l10n.t('The local broker did not start, since its settings ask for TLS. {0}', problem);
  const button = await questions.say('error', message, setUp, without);
  if (button === setUp) await commands.executeCommand(commandIds.setUpTls);
  return button === without ? { withoutTls: true } : undefined;
}

async function showConfigurationProblem(
  { questions }: Services,
  { file, line = 1, column = 1, message }: Problem<'configurationProblem'>,
): Promise<void> {
  const openFile = l10n.t('Open File');
  const text = l10n.t("The broker's configuration file can't be used. {0}", message);
  if ((await questions.say('error', text, openFile)) !== openFile) return;
  const at = new Position(line - 1, column - 1);
  await window.showTextDocument(Uri.file(file), { selection: new Selection(at, at) });
}

async function tell({ questions, log }: Services, notice: string): Promise<void> {
  const showLog = l10n.t('Show Log');
  if ((await questions.say('warning', notice, showLog)) === showLog) log.show();
}

async function offerSettings(
  services: Services,
  message: string,
  ...buttons: string[]
): Promise<string | undefined> {
  const settings = l10n.t('Settings');
  const button = await services.questions.say('error', message, ...buttons, settings);
  if (button !== settings) return button;
  await showSettings();
  return undefined;
}
