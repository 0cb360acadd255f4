/** Copy Broker Address: the one of a row, the only one, or one that is picked. */
import { networkInterfaces } from 'node:os';
import { env, l10n } from 'vscode';
import { addressesOf, mainListener } from '../brokerAddress.ts';
import type { Services } from '../services.ts';
import { urlArgument } from './arguments.ts';
import { ensureRunning } from './launch.ts';

export async function copyBrokerAddress(services: Services, argument: unknown): Promise<void> {
  const url = urlArgument(argument) ?? (await askForAddress(services, l10n.t('Address to copy')));
  if (url === undefined) return;
  await env.clipboard.writeText(url);
  services.questions.confirm(l10n.t('Copied {0}', url));
}

/** @param placeholder what is asked, when there is more than one address. */
export async function askForAddress(services: Services, placeholder: string): Promise<string | undefined> {
  const title = l10n.t('Copy Broker Address');
  if (!(await ensureRunning(services, title))) return undefined;
  const listener = mainListener(services.broker.state);
  if (listener === undefined) return undefined;
  const { local, lan } = addressesOf(listener, networkInterfaces());
  const choices = lan.map(({ url, interfaceName, isVirtual }) => ({
    value: url,
    label: url,
    icon: 'globe',
    description: isVirtual ? l10n.t('{0}, inside this computer only', interfaceName) : interfaceName,
  }));
  if (local !== undefined) {
    choices.push({ value: local, label: local, icon: 'vm', description: l10n.t('from this computer') });
  }
  if (choices.length === 1) return choices[0]?.value;
  const answer = await services.questions.pick({ title, placeholder, choices });
  return answer.kind === 'answered' ? answer.value : undefined;
}
