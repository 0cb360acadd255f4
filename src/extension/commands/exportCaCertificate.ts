/** Export CA Certificate…: what a board trusts, in the form that its firmware takes. Its private key goes nowhere. */
import { commands, env, l10n, window, workspace } from 'vscode';
import { type ExportFormat, exportFiles, exportText, hasNotes } from '../../certificates/exportFormats.ts';
import { commandIds } from '../../contracts/manifest.ts';
import type { ServerCertificate } from '../certificates/developmentCa.ts';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Services } from '../services.ts';
import { caNotes, missingNotes } from '../words/tlsWords.ts';
import {
  askForCertificateFile,
  baseNameOf,
  formatChoices,
  writeCertificateFiles,
} from './certificateFiles.ts';
import { withSecrets } from './withSecrets.ts';

type Target = 'clipboard' | 'editor' | 'file';

const languages: Partial<Record<ExportFormat, string>> = { arduinoHeader: 'cpp', cHeader: 'c', cString: 'c' };

export async function exportCaCertificate(services: Services): Promise<void> {
  await withSecrets(services, async () => {
    const server = await askForCa(services);
    if (server === undefined) return;
    let format: ExportFormat = 'arduinoHeader';
    let target: Target = 'clipboard';
    const title = l10n.t('Export CA Certificate');
    const answered = await askSteps([
      keeping(
        (position) =>
          services.questions.pick<ExportFormat>({
            title,
            position,
            placeholder: l10n.t('In which form does the firmware take it?'),
            preferred: format,
            choices: formatChoices(),
          }),
        (answer) => {
          format = answer;
        },
      ),
      keeping(
        (position) =>
          services.questions.pick<Target>({
            title,
            position,
            placeholder: l10n.t('Where to?'),
            choices: targetChoices(format),
          }),
        (answer) => {
          target = answer;
        },
      ),
    ]);
    if (answered) await hand(services, server, format, target);
  });
}

/** The CA that is there; without one, Set Up TLS is offered. */
export async function askForCa({
  developmentCa,
  questions,
}: Services): Promise<ServerCertificate | undefined> {
  const server = await developmentCa.server();
  if (server !== undefined) return server;
  const setUp = l10n.t('Set Up TLS');
  const message = l10n.t('There is no development CA on this computer yet.');
  if ((await questions.say('information', message, setUp)) === setUp)
    await commands.executeCommand(commandIds.setUpTls);
  return undefined;
}

function targetChoices(format: ExportFormat) {
  const file = { value: 'file' as const, icon: 'save', label: l10n.t('Save As…') };
  if (format === 'der') return [file];
  return [
    { value: 'clipboard' as const, icon: 'copy', label: l10n.t('Copy') },
    { value: 'editor' as const, icon: 'go-to-file', label: l10n.t('Open in an Editor') },
    file,
  ];
}

async function hand(
  services: Services,
  { authority, names }: ServerCertificate,
  format: ExportFormat,
  target: Target,
): Promise<void> {
  const item = { name: 'ca_cert', pem: authority.certificate };
  const notes = caNotes(authority.certificate, names);
  if (format === 'der' || target === 'file') {
    const [bytes] = exportFiles(format, [item], { notes });
    await save(services, format, bytes!); // one item is one file
    return;
  }
  const text = exportText(format, [item], { notes });
  if (target === 'clipboard') {
    await env.clipboard.writeText(text);
    sayDone(services, format, l10n.t('Copied the CA certificate'));
    return;
  }
  const language = languages[format] ?? 'plaintext';
  await window.showTextDocument(await workspace.openTextDocument({ content: text, language }));
  if (!hasNotes(format)) services.inBackground(sayWhatIsMissing(services, missingNotes(format)));
}

async function save(services: Services, format: ExportFormat, bytes: Uint8Array): Promise<void> {
  const title = l10n.t('Save the Certificate');
  const target = await askForCertificateFile(services, { title, name: 'ca_cert', format });
  if (target === undefined) return;
  if (await writeCertificateFiles(services, [{ target, bytes, isSecret: false }]))
    sayDone(services, format, l10n.t('Saved {0}', baseNameOf(target)));
}

/** In the status bar; in a message with a button where the form has no notes. */
function sayDone(services: Services, format: ExportFormat, done: string): void {
  if (hasNotes(format)) services.questions.confirm(done);
  else services.inBackground(sayWhatIsMissing(services, `${done}. ${missingNotes(format)}`));
}

async function sayWhatIsMissing({ questions }: Services, message: string): Promise<void> {
  const show = l10n.t('Show What a Board Needs');
  if ((await questions.say('information', message, show)) === show)
    await commands.executeCommand(commandIds.showTlsNotes);
}
