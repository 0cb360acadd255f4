/**
 * Publish Selection or File…: what is selected in the editor, the document, or a file of any kind.
 *
 * With a file's Uri (explorer, editor title) the file is not asked for. An open document counts as it is on the
 * screen, saved or not. To which broker is asked where another one is connected.
 */
import { l10n, type TextEditor, Uri, window, workspace } from 'vscode';
import { type ConnectionId, LOCAL_BROKER } from '../../contracts/connections.ts';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Services } from '../services.ts';
import { hasOtherTargets } from './connectionSteps.ts';
import { ensureRunning } from './launch.ts';
import { askDelivery, askPublishTarget, askTopicName, publishAndReport } from './publishSteps.ts';

interface Source {
  title: string;
  read(): Promise<Uint8Array>;
}

export async function publishSelectionOrFile(services: Services, argument: unknown): Promise<void> {
  const source = await chooseSource(services, argument instanceof Uri ? argument : undefined);
  if (source === undefined) return;
  const { title } = source;
  const isAsked = hasOtherTargets(services, 'publish');
  let connection: ConnectionId = LOCAL_BROKER;
  if (!isAsked && !(await ensureRunning(services, title))) return;
  // Read before the questions: what was chosen is published, not what it became meanwhile.
  const payload = await source.read();
  const last = services.memory.publish;
  let { topic } = last;
  let delivery = { qos: last.qos, retain: last.retain };
  const targetStep = keeping(
    (position) => askPublishTarget(services, { title, position }, connection),
    (answer) => {
      connection = answer;
    },
  );
  const answered = await askSteps([
    ...(isAsked ? [targetStep] : []),
    keeping(
      (position) => askTopicName(services, { title, position, connection }, topic),
      (answer) => {
        topic = answer;
      },
    ),
    keeping(
      (position) => askDelivery(services, { title, position }, delivery),
      (answer) => {
        delivery = answer;
      },
    ),
  ]);
  if (!answered) return;
  const isLocal = connection === LOCAL_BROKER;
  if (isAsked && isLocal && !(await ensureRunning(services, title))) return;
  await services.memory.rememberPublish({ ...last, topic, ...delivery });
  await publishAndReport(services, { topic, payload, ...delivery, ...(!isLocal && { connection }) });
}

async function chooseSource(services: Services, uri: Uri | undefined): Promise<Source | undefined> {
  const editor = window.activeTextEditor;
  const isOfEditor = uri === undefined || uri.toString() === editor?.document.uri.toString();
  if (editor && isOfEditor && editor.selections.some((selection) => !selection.isEmpty))
    return selected(editor);
  if (uri !== undefined) return file(uri);
  if (editor === undefined) return askForFile(services);
  const answer = await services.questions.pick({
    title: l10n.t('Publish Selection or File'),
    placeholder: l10n.t('Nothing is selected. What is the payload?'),
    choices: [
      {
        value: true,
        label: baseName(editor.document.uri),
        icon: 'file',
        description: l10n.t('the open document'),
      },
      { value: false, label: l10n.t('Choose a File…'), icon: 'folder-opened' },
    ],
  });
  if (answer.kind !== 'answered') return undefined;
  return answer.value ? file(editor.document.uri) : askForFile(services);
}

async function askForFile(services: Services): Promise<Source | undefined> {
  const uri = await services.questions.file(l10n.t('Choose a file to publish'), l10n.t('Publish'));
  return uri && file(uri);
}

/** Several selections are joined by line ends, as a copy of them would be. */
function selected(editor: TextEditor): Source {
  const text = editor.selections
    .filter((selection) => !selection.isEmpty)
    .map((selection) => editor.document.getText(selection))
    .join('\n');
  return { title: l10n.t('Publish Selection'), read: async () => new TextEncoder().encode(text) };
}

function file(uri: Uri): Source {
  const title = l10n.t('Publish {0}', baseName(uri));
  const document = workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  // Only what was changed: a file that is not UTF-8 must be published byte by byte.
  if (document && (document.isDirty || document.isUntitled)) {
    const text = document.getText();
    return { title, read: async () => new TextEncoder().encode(text) };
  }
  return { title, read: async () => workspace.fs.readFile(uri) };
}

function baseName(uri: Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
