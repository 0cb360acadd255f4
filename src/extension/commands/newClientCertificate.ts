/**
 * New Client Certificate…: for one device, signed by the development CA. Its private key is in the file that is saved, and
 * nowhere else: not in the clipboard, nor in an editor, which keeps copies.
 */
import { l10n, type Uri, window } from 'vscode';
import { type ExportFormat, exportText } from '../../certificates/exportFormats.ts';
import type { KeyKind } from '../../certificates/keys.ts';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { clientNotes, describeKeyKind } from '../words/tlsWords.ts';
import { formatChoices, saveCertificateFile } from './certificateFiles.ts';
import { askForCa } from './exportCaCertificate.ts';
import { withSecrets } from './withSecrets.ts';

/** Of two things, a certificate and a key, in one file: DER and Base64 have room for one. */
type CredentialFormat = Exclude<ExportFormat, 'der' | 'base64'>;

/** RFC 5280 allows no more in a common name. */
const MAX_NAME_CHARACTERS = 64;

export async function newClientCertificate(services: Services): Promise<void> {
  await withSecrets(services, async () => {
    const server = await askForCa(services);
    if (server === undefined) return;
    const { questions, developmentCa } = services;
    const title = l10n.t('New Client Certificate');
    let name = '';
    let keyKind: KeyKind = server.authority.keyKind;
    let days = 365;
    let format: CredentialFormat = 'arduinoHeader';
    const answered = await askSteps([
      keeping(
        (position) =>
          questions.text({
            title,
            position,
            prompt: l10n.t('Name of the device. It is its user name at the broker.'),
            value: name,
            placeholder: 'board-1',
            problemWith: problemWithName,
          }),
        (answer) => {
          name = answer;
        },
      ),
      keeping(
        (position) =>
          questions.pick<KeyKind>({
            title,
            position,
            placeholder: l10n.t('Kind of its key'),
            preferred: keyKind,
            choices: (['ec', 'rsa'] as const).map((value) => ({
              value,
              icon: 'key',
              label: describeKeyKind(value),
            })),
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
            placeholder: l10n.t('How long it is to hold. It ends with the CA at the latest.'),
            preferred: days,
            choices: lifetimeChoices(),
          }),
        (answer) => {
          days = answer;
        },
      ),
      keeping(
        (position) =>
          questions.pick<CredentialFormat>({
            title,
            position,
            placeholder: l10n.t('In which form does the firmware take it?'),
            preferred: format,
            choices: credentialFormats(),
          }),
        (answer) => {
          format = answer;
        },
      ),
    ]);
    if (!answered) return;
    const credential = await questions.whileWorking(l10n.t('Making a client certificate'), () =>
      developmentCa.issueClient(name, keyKind, days),
    );
    if (credential === undefined) return;
    const items = [
      { name: 'client_cert', pem: credential.certificate },
      { name: 'client_key', pem: credential.key },
    ];
    const text = exportText(format, items, { notes: clientNotes(credential.certificate) });
    const file = { name: fileName(name), format, bytes: Buffer.from(text), isSecret: true };
    const saved = await saveCertificateFile(services, file);
    if (saved === undefined) return;
    services.inBackground(sayWhatToDo(services, name, saved));
  });
}

async function sayWhatToDo({ questions, settings }: Services, name: string, file: Uri): Promise<void> {
  const asksForNone = settings.current.tls.clientCertificate === 'none';
  const openFile = l10n.t('Open File');
  const button = await questions.say(
    'information',
    asksForNone
      ? l10n.t(
          'The certificate of {0} and its private key are saved: keep the file out of version control. The broker asks for none now: the setting mqttWorkbench.broker.tlsClientCertificate is "none".',
          name,
        )
      : l10n.t(
          'The certificate of {0} and its private key are saved: keep the file out of version control.',
          name,
        ),
    openFile,
  );
  if (button === openFile) await window.showTextDocument(file);
}

function credentialFormats(): Choice<CredentialFormat>[] {
  return formatChoices().flatMap(({ value, description: _, ...choice }): Choice<CredentialFormat>[] => {
    if (value === 'der' || value === 'base64') return [];
    if (value !== 'cString') return [{ ...choice, value }];
    return [{ ...choice, value, detail: l10n.t('Two literals alone: the certificate’s, then the key’s.') }];
  });
}

function lifetimeChoices() {
  const days = [365, 5 * 365, 10 * 365, 30, 1];
  return days.map((value) => ({ value, icon: 'calendar', label: describeDays(value) }));
}

function describeDays(days: number): string {
  if (days === 1) return l10n.t('1 day, to see what the device does at its end');
  if (days < 365) return l10n.t('{0} days', days);
  return days === 365 ? l10n.t('1 year') : l10n.t('{0} years', days / 365);
}

function problemWithName(text: string): string | undefined {
  if (text.trim() === '') return l10n.t('At least one character is needed.');
  if ([...text].length > MAX_NAME_CHARACTERS) return l10n.t('At most 64 characters fit into a certificate.');
  if (/[\p{Cc}+#]/u.test(text))
    return l10n.t('Control characters, + and # can’t be in a user name of access rules.');
  return undefined;
}

/** For a file of any system. */
function fileName(name: string): string {
  return `${name.replace(/[^a-zA-Z0-9._-]/g, '_').replace(/^\.+/, '')}_credentials`;
}
