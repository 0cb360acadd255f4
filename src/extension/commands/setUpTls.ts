/**
 * Set Up TLS…: in one step a development CA, a certificate for this computer, and the broker's TLS listener; then the page
 * that says what to put on the board.
 *
 * Asks what the CA is to be like when there is none yet, and nothing else.
 */
import { commands, l10n } from 'vscode';
import type { KeyKind } from '../../certificates/keys.ts';
import { commandIds, settingKeys } from '../../contracts/manifest.ts';
import { formatUrl, isExposed, ownTlsPort } from '../brokerAddress.ts';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Services } from '../services.ts';
import { describeKeyKind, restartedWords } from '../words/tlsWords.ts';
import { launch } from './launch.ts';
import { withSecrets } from './withSecrets.ts';

const CA_YEARS = [10, 2, 1, 20];

export async function setUpTls(services: Services): Promise<void> {
  const isReady = await withSecrets(services, async () => (await ensureCa(services)) || undefined);
  if (isReady === undefined) return;
  const { broker, settings, tlsNotesPage } = services;
  const wasOn = settings.current.tls.isOn && ownTlsPort(broker.state) !== undefined;
  if (!settings.current.tls.isOn) await settings.change(settingKeys.tls, true);
  const isRunning = broker.state.kind === 'running';
  const restarted = isRunning && !wasOn ? [restartedWords(services.faults.injections.length > 0)] : [];
  if (!wasOn) {
    const launched = await launch(services, (answers) =>
      isRunning ? broker.restartForTls(answers) : broker.start(answers),
    );
    if (launched === undefined) return;
  }
  await tlsNotesPage.show();
  services.inBackground(sayAddress(services, restarted));
}

async function sayAddress({ broker, questions }: Services, restarted: readonly string[]): Promise<void> {
  const { state } = broker;
  if (state.kind !== 'running') return;
  const port = ownTlsPort(state);
  if (port === undefined) {
    await questions.say(
      'warning',
      l10n.t(
        "The broker's configuration file has a TLS listener of its own, and its certificate is used. The development CA is not.",
      ),
    );
    return;
  }
  const expose = l10n.t('Expose on the Local Network…');
  const exportCa = l10n.t('Export CA…');
  const exposed = isExposed(state);
  const address = formatUrl('mqtts', '127.0.0.1', port);
  const done = exposed
    ? l10n.t('The broker has TLS now, on port {0}.', port)
    : l10n.t('The broker has TLS now, at {0}. Only this computer can reach it.', address);
  const button = await questions.say(
    'information',
    [done, ...restarted].join(' '),
    ...(exposed ? [exportCa] : [exportCa, expose]),
  );
  if (button === exportCa) await commands.executeCommand(commandIds.exportCaCertificate);
  if (button === expose) await commands.executeCommand(commandIds.exposeBroker);
}

/** False when the person gave up. */
async function ensureCa({ developmentCa, questions }: Services): Promise<boolean> {
  if ((await developmentCa.authority()) !== undefined) {
    await developmentCa.server();
    return true;
  }
  const title = l10n.t('Set Up TLS');
  let keyKind: KeyKind = 'ec';
  let years = CA_YEARS[0] ?? 10;
  const answered = await askSteps([
    keeping(
      (position) =>
        questions.pick<KeyKind>({
          title,
          position,
          placeholder: l10n.t('Kind of keys for the development CA and what it signs'),
          preferred: keyKind,
          choices: [
            {
              value: 'ec',
              icon: 'key',
              label: describeKeyKind('ec'),
              description: l10n.t('recommended'),
              detail: l10n.t(
                'Small: less memory, fewer bytes. ESP32, Zephyr, nRF, STM32 and ESP8266 know it.',
              ),
            },
            {
              value: 'rsa',
              icon: 'key',
              label: describeKeyKind('rsa'),
              detail: l10n.t('Larger. For TLS libraries that know no elliptic curves.'),
            },
          ],
        }),
      (answer) => {
        keyKind = answer;
      },
    ),
    keeping(
      (position) =>
        questions.pick<number>({
          title,
          position,
          placeholder: l10n.t('How long the CA on your boards is to hold'),
          preferred: years,
          choices: CA_YEARS.map((value) => ({
            value,
            icon: 'calendar',
            label: value === 1 ? l10n.t('1 year') : l10n.t('{0} years', value),
          })),
        }),
      (answer) => {
        years = answer;
      },
    ),
  ]);
  if (!answered) return false;
  await questions.whileWorking(l10n.t('Making a development CA'), async () => {
    await developmentCa.create(keyKind, years * 365);
    await developmentCa.server();
  });
  return true;
}
