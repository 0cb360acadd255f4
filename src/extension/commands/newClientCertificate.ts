/**
 * New Client Certificate…: for one device, signed by the development CA. Its private key is in the file that is saved, and
 * nowhere else: not in the clipboard, nor in an editor, which keeps copies. A form with room for one thing has two files.
 */
import { l10n, Uri, window } from 'vscode';
import { type ExportFormat, exportFiles, holdsOneItem } from '../../certificates/exportFormats.ts';
import type { KeyKind } from '../../certificates/keys.ts';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { showFile } from '../showFile.ts';
import { clientNotes, describeKeyKind } from '../words/tlsWords.ts';
import { askForCertificateFile, formatChoices, writeCertificateFiles } from './certificateFiles.ts';
import { askForCa } from './exportCaCertificate.ts';
import { withSecrets } from './withSecrets.ts';

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
    let format: ExportFormat = 'arduinoHeader';
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
            choices: [
              {
                value: 'ec',
                icon: 'key',
                label: describeKeyKind('ec'),
                detail: l10n.t('Small, and the quicker one to sign with.'),
              },
              {
                value: 'rsa',
                icon: 'key',
                label: describeKeyKind('rsa'),
                detail: l10n.t(
                  'Larger. The device signs with it in each handshake, which is slow on a board.',
                ),
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
          questions.pick<ExportFormat>({
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
    const targets = await askForTargets(services, name, format);
    if (targets === undefined) return;
    const credential = await questions.whileWorking(l10n.t('Making a client certificate'), () =>
      developmentCa.issueClient(name, keyKind, days),
    );
    if (credential === undefined) return;
    const items = [
      { name: 'client_cert', pem: credential.certificate },
      { name: 'client_key', pem: credential.key },
    ];
    const contents = exportFiles(format, items, { notes: clientNotes(credential.certificate) });
    const files = contents.map((bytes, index) => ({
      target: targets[index]!, // as many were asked for
      bytes,
      // The key is in the last one, or in the only one.
      isSecret: index === contents.length - 1,
    }));
    if (!(await writeCertificateFiles(services, files))) return;
    services.inBackground(sayWhatToDo(services, name, targets));
  });
}

/** Of one file for both, or of one for the certificate and one for its key. Undefined when the person gave up. */
async function askForTargets(
  services: Services,
  name: string,
  format: ExportFormat,
): Promise<readonly Uri[] | undefined> {
  const stem = fileStem(name);
  if (!holdsOneItem(format)) {
    const title = l10n.t('Save the Certificate and Its Private Key');
    const target = await askForCertificateFile(services, { title, name: `${stem}_credentials`, format });
    return target && [target];
  }
  const title = l10n.t('Save the Certificate');
  const certificate = await askForCertificateFile(services, { title, name: `${stem}_cert`, format });
  if (certificate === undefined) return undefined;
  const folder = Uri.joinPath(certificate, '..');
  for (;;) {
    const keyTitle = l10n.t('Save Its Private Key');
    const question = { title: keyTitle, name: `${stem}_key`, format, folder };
    const key = await askForCertificateFile(services, question);
    if (key === undefined) return undefined;
    if (!isSameFile(certificate, key)) return [certificate, key];
    const message = l10n.t(
      'The certificate goes into this file already. Choose another one for its private key.',
    );
    services.inBackground(services.questions.say('error', message));
  }
}

/** Also where the file system tells no capitals from small letters: one would be written over the other. */
function isSameFile(one: Uri, other: Uri): boolean {
  return one.toString().toLowerCase() === other.toString().toLowerCase();
}

async function sayWhatToDo(
  { questions, settings }: Services,
  name: string,
  [file, keyFile]: readonly Uri[],
): Promise<void> {
  const saved =
    keyFile === undefined
      ? l10n.t(
          'The certificate of {0} and its private key are saved: keep the file out of version control.',
          name,
        )
      : l10n.t(
          'The certificate of {0} and its private key are saved in two files: keep that of the key out of version control.',
          name,
        );
  const asksForNone = l10n.t(
    'The broker asks for no certificate now: the setting mqttWorkbench.broker.tlsClientCertificate is "none".',
  );
  const message = settings.current.tls.clientCertificate === 'none' ? `${saved} ${asksForNone}` : saved;
  // Of two files, none is a source that is looked at.
  const button = keyFile === undefined ? l10n.t('Open File') : l10n.t('Show File');
  if ((await questions.say('information', message, button)) !== button) return;
  if (keyFile !== undefined) await showFile(keyFile.fsPath);
  else if (file !== undefined) await window.showTextDocument(file);
}

function credentialFormats(): Choice<ExportFormat>[] {
  const details: Partial<Record<ExportFormat, string>> = {
    cString: l10n.t('Two literals below the notes in a comment: the certificate’s, then the key’s.'),
    der: l10n.t('The bytes, in two files.'),
    base64: l10n.t('DER in one line, for a setting, in two files.'),
  };
  return formatChoices().map(({ description: _, ...choice }) => {
    const detail = details[choice.value];
    return detail === undefined ? choice : { ...choice, detail };
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
function fileStem(name: string): string {
  return name.replace(/[^a-zA-Z0-9._-]/g, '_').replace(/^\.+/, '');
}
