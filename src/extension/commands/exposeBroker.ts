/**
 * Expose Broker on the Local Network…: asks once, in words that say what it means, and then tells the addresses.
 *
 * Lasts until the broker stops or Stop Exposing; retained messages and sessions live through both ends of it. Nothing but this command, and a setting of the person's own, makes
 * a broker listen beyond this computer.
 */
import { networkInterfaces } from 'node:os';
import { env, l10n } from 'vscode';
import { addressesOf, isExposed, mainListener } from '../brokerAddress.ts';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Services } from '../services.ts';
import { askForAddress } from './copyBrokerAddress.ts';
import { launch } from './launch.ts';

const MAX_CREDENTIAL_BYTES = 65_535;

export async function exposeBroker(services: Services): Promise<void> {
  if (!(await expose(services))) return;
  const url = await askForAddress(
    services,
    l10n.t('The broker is exposed. Pick the address to copy into your firmware.'),
  );
  if (url === undefined) return;
  await env.clipboard.writeText(url);
  services.questions.confirm(l10n.t('Copied {0}', url));
}

/** True when a board can reach the broker in the end. Where it can't, a message has said why. */
export async function expose(services: Services): Promise<boolean> {
  const { broker, questions, settings, exposureCredentials } = services;
  const title = l10n.t('Expose Broker on the Local Network');
  if (!isExposed(broker.state) && broker.hasConfigurationFile) {
    // Users are the file's business: `launch` asks with its words.
    if ((await launch(services, (answers) => broker.expose(undefined, answers))) === undefined) return false;
  } else if (!isExposed(broker.state)) {
    const answer = await questions.pick({
      title,
      placeholder: l10n.t('Who on this network may connect, read and publish?'),
      choices: [
        {
          value: true,
          icon: 'lock',
          label: l10n.t('Expose with User Name and Password'),
          description: l10n.t('recommended'),
          detail: settings.current.tls.isOn
            ? l10n.t('Only clients that know them. They travel readable, but over the TLS port.')
            : l10n.t('Only clients that know them. They travel readable: there is no TLS.'),
        },
        {
          value: false,
          icon: 'unlock',
          label: l10n.t('Expose without Password'),
          detail: l10n.t('Anyone on this network can connect, read every message and publish any.'),
        },
      ],
    });
    if (answer.kind !== 'answered') return false;
    const credentials = answer.value ? await askForCredentials(services, title) : undefined;
    if (answer.value && credentials === undefined) return false;
    if (credentials) await exposureCredentials.store(credentials);
    if ((await launch(services, (answers) => broker.expose(credentials, answers))) === undefined)
      return false;
  }
  if (!isExposed(broker.state)) return false;
  const listener = mainListener(broker.state);
  if (listener && addressesOf(listener, networkInterfaces()).lan.length === 0) {
    await questions.say(
      'warning',
      l10n.t('The broker is exposed, but this computer is on no network: no board can reach it yet.'),
    );
    return false;
  }
  return true;
}

async function askForCredentials({ questions, exposureCredentials }: Services, title: string) {
  let { username, password } = await exposureCredentials.suggest();
  const answered = await askSteps([
    keeping(
      (position) =>
        questions.text({
          title,
          position,
          prompt: l10n.t('User name that clients must give'),
          value: username,
          problemWith: (text) => problemWithCredential(text),
        }),
      (answer) => {
        username = answer;
      },
    ),
    keeping(
      (position) =>
        questions.text({
          title,
          position,
          prompt: l10n.t('Password that clients must give. You type it into the firmware as well.'),
          value: password,
          problemWith: (text) => problemWithCredential(text),
        }),
      (answer) => {
        password = answer;
      },
    ),
  ]);
  return answered ? { username, password } : undefined;
}

/** MQTT has room for 65,535 bytes in either. */
function problemWithCredential(text: string): string | undefined {
  if (text === '') return l10n.t('At least one character is needed.');
  if (Buffer.byteLength(text) > MAX_CREDENTIAL_BYTES) return l10n.t('MQTT allows at most 65,535 bytes.');
  return undefined;
}
