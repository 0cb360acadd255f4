/** Publish Saved…: one of the saved messages, as it is. Save, with a name and a place. */
import { l10n } from 'vscode';
import type { PublishDraft, SavedPlace } from '../../contracts/publishForm.ts';
import { ensureRunning } from '../commands/launch.ts';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Choice, UserQuestions } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { DraftSender } from './draftSender.ts';
import { savedItemOf } from './publishLists.ts';
import { type PlacedMessage, SAVED_FILE, SavedStore } from './savedStore.ts';

export async function publishSaved(services: Services): Promise<void> {
  const { questions, publishHistory } = services;
  const title = l10n.t('Publish Saved');
  const all = await new SavedStore(services).all();
  if (all.length === 0) {
    await questions.say(
      'information',
      l10n.t('No message is saved. The publish form saves what is in it under a name.'),
    );
    return;
  }
  const answer = await questions.pick({
    title,
    placeholder: l10n.t('Message to publish'),
    choices: all.map(choiceOf),
  });
  if (answer.kind !== 'answered') return;
  const { draft } = answer.value;
  if (draft.connectionName === undefined && !(await ensureRunning(services, title))) return;
  const { ok, message } = await new DraftSender({ ...services, history: publishHistory }).publish(draft);
  if (ok) questions.confirm(message);
  else await questions.say('error', message);
}

/** Returns whether it is saved. */
export async function saveDraft(
  questions: UserQuestions,
  store: SavedStore,
  draft: PublishDraft,
): Promise<boolean> {
  const title = l10n.t('Save Message');
  const known = await store.all();
  let name = '';
  let place: SavedPlace = store.file === undefined ? 'memory' : 'file';
  const nameStep = keeping(
    (position) =>
      questions.text({
        ...{ title, position, value: name || draft.topic },
        prompt: l10n.t('Name of the message. One of the same name is replaced.'),
        problemWith: problemWithName,
      }),
    (answer) => {
      name = answer.trim();
    },
  );
  const placeStep = keeping(
    (position) =>
      questions.pick<SavedPlace>({
        ...{ title, position, preferred: place },
        placeholder: l10n.t('Who is to have it?'),
        choices: [
          {
            value: 'file',
            label: l10n.t('Everyone who works in this folder'),
            icon: 'organization',
            detail: l10n.t('In {0}. The payload and the properties are written as they are.', SAVED_FILE),
          },
          {
            value: 'memory',
            label: l10n.t('Only you'),
            icon: 'person',
            detail: l10n.t('In what VS Code remembers of this workspace.'),
          },
        ],
      }),
    (answer) => {
      place = answer;
    },
  );
  if (!(await askSteps([nameStep, ...(store.file === undefined ? [] : [placeStep])]))) return false;
  const { repeat: _ofTheForm, ...saved } = draft;
  if (!(await store.save({ name, draft: saved }, place))) return false;
  const isReplaced = known.some((each) => each.name === name && each.place === place);
  questions.confirm(
    isReplaced ? l10n.t('Saved {0} anew.', formatName(name)) : l10n.t('Saved {0}.', formatName(name)),
  );
  return true;
}

const MAX_NAME_CHARACTERS = 200;

function problemWithName(text: string): string | undefined {
  if (text.trim() === '') return l10n.t('A name has at least one character.');
  return text.length > MAX_NAME_CHARACTERS
    ? l10n.t('A name has at most {0} characters.', MAX_NAME_CHARACTERS)
    : undefined;
}

function choiceOf(message: PlacedMessage): Choice<PlacedMessage> {
  const { topic, qos, retain, connectionName, preview } = savedItemOf(message);
  const traits = [
    formatName(topic),
    ...(connectionName === '' ? [] : [formatName(connectionName)]),
    l10n.t('QoS {0}', qos),
    ...(retain ? [l10n.t('retained')] : []),
  ];
  return {
    value: message,
    label: formatName(message.name),
    icon: message.place === 'file' ? 'organization' : 'person',
    description: traits.join(' · '),
    ...(preview !== '' && { detail: formatName(preview, 120) }),
  };
}
