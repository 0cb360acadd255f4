/** The questions of Inject Fault: which, for whom, what its kind asks, and the seed. Not a command itself. */
import { l10n } from 'vscode';
import type { ClientInfo } from '../../contracts/clients.ts';
import type { FaultKind, FaultPreset, FaultScope } from '../../contracts/faults.ts';
import { keeping, type Step } from '../questions/askSteps.ts';
import type { Answer, Choice, StepPosition } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { faultWords, presetWords } from '../words/faultWords.ts';
import { formatName } from '../words/formats.ts';
import { problemWithTopicFilter } from '../words/topicWords.ts';
import { type FaultChoice, type FaultDraft, meansEveryone, nameOf } from './faultDraft.ts';
import { stepsOfKind } from './faultKindSteps.ts';
import { suggestTopics } from './publishSteps.ts';
import { EVERYTHING } from './recordingSteps.ts';

const presets: readonly FaultPreset[] = [
  'weakWifi',
  'lteTunnel',
  'natTimeout',
  'captivePortal',
  'brokerRestart',
];

/** The likeliest first. */
const kinds: readonly FaultKind[] = [
  ...([
    'drop',
    'delay',
    'halfOpen',
    'refuse',
    'brokerStops',
    'loseSession',
    'stall',
    'idleTimeout',
    'gap',
  ] as const),
  ...([
    'duplicate',
    'reorder',
    'corrupt',
    'split',
    'bandwidth',
    'cut',
    'closeAfter',
    'close',
    'nonsense',
  ] as const),
  ...(['serverKeepAlive', 'receiveMaximum', 'expiryClock'] as const),
];

/** Those that pick messages, and so can mean a topic. */
const byTopic: ReadonlySet<FaultKind | FaultPreset> = new Set([
  ...(['drop', 'delay', 'duplicate', 'reorder', 'corrupt', 'split', 'cut', 'closeAfter'] as const),
]);
/** Those of which something may be left to chance. */
const byChance: ReadonlySet<FaultKind | FaultPreset> = new Set([
  ...(['weakWifi', 'lteTunnel'] as const),
  ...(['drop', 'delay', 'duplicate', 'reorder', 'corrupt', 'cut'] as const),
]);

export function askFault({ questions }: Services, title: string): Promise<Answer<FaultChoice>> {
  return questions.pick<FaultChoice>({
    title,
    placeholder: l10n.t('What is to go wrong?'),
    choices: [
      ...presets.map((preset) => ({ value: { preset }, icon: 'flame', ...presetWords(preset) })),
      ...kinds.map((kind) => ({ value: { kind }, icon: 'debug-disconnect', ...faultWords(kind) })),
    ],
  });
}

/** What is left to ask once the fault is known. */
export function laterSteps(
  services: Services,
  title: string,
  draft: FaultDraft,
  isClientGiven: boolean,
): Step[] {
  const steps: Step[] = [];
  const name = nameOf(draft.choice);
  if (!isClientGiven && !meansEveryone(draft.choice)) {
    steps.push(
      keeping(
        (position) => askWhom(services, title, position, byTopic.has(name)),
        (who) => {
          draft.who = who;
        },
      ),
    );
  }
  if ('kind' in draft.choice) steps.push(...stepsOfKind(services, title, draft, draft.choice.kind));
  if (byChance.has(name)) steps.push(seedStep(services, title, draft));
  return steps;
}

/** More are named by a pattern. */
const MAX_CLIENTS_OFFERED = 100;

// ── For whom ────────────────────────────────────────────────────────────────────────────────────────────────────

async function askWhom(
  services: Services,
  title: string,
  position: StepPosition,
  mayBeTopic: boolean,
): Promise<Answer<FaultScope>> {
  const { engine, questions } = services;
  for (;;) {
    const page = await engine.callIfRunning('listClients', { limit: MAX_CLIENTS_OFFERED });
    const choices: Choice<FaultScope>[] = (page?.clients ?? [])
      .filter(({ isWorkbench }) => !isWorkbench)
      .map((client) => ({
        value: { kind: 'clientId', clientId: client.clientId },
        label: formatName(client.clientId),
        icon: 'circuit-board',
        ...descriptionOf(client),
      }));
    choices.push(
      { value: { kind: 'everyone' }, label: l10n.t('Everyone'), icon: 'organization' },
      {
        value: { kind: 'clientIdPattern', pattern: '' },
        label: l10n.t('Clients by Their Id…'),
        icon: 'filter',
        description: l10n.t('a pattern, as board-*; they need not be connected'),
      },
    );
    if (mayBeTopic)
      choices.push({
        value: { kind: 'topicFilter', topicFilter: '' },
        label: l10n.t('Messages on Topics…'),
        icon: 'list-tree',
        description: l10n.t('whoever sends or gets them'),
      });
    const answer = await questions.pick({ title, position, choices, placeholder: l10n.t('For whom?') });
    if (answer.kind !== 'answered') return answer;
    const { value } = answer;
    const written =
      value.kind === 'clientIdPattern'
        ? await askPattern(services, title, position)
        : value.kind === 'topicFilter'
          ? await askTopics(services, title, position)
          : answer;
    // Back to the list of clients.
    if (written.kind !== 'back') return written;
  }
}

/** One that has gone is offered as well: a fault can wait for it. */
function descriptionOf({ state, remoteAddress }: ClientInfo): { description?: string } {
  const address = remoteAddress === undefined ? [] : [remoteAddress];
  const parts = state === 'connected' ? address : [l10n.t('not connected'), ...address];
  return parts.length === 0 ? {} : { description: parts.join(' · ') };
}

async function askPattern(
  { questions }: Services,
  title: string,
  position: StepPosition,
): Promise<Answer<FaultScope>> {
  const answer = await questions.text({
    ...{ title, position, value: '*' },
    prompt: l10n.t('Client id: * stands for any characters, ? for one'),
    problemWith: (text) =>
      text === '' ? l10n.t('At least one character is needed; * is every client.') : undefined,
  });
  if (answer.kind !== 'answered') return answer;
  return { kind: 'answered', value: { kind: 'clientIdPattern', pattern: answer.value } };
}

async function askTopics(
  services: Services,
  title: string,
  position: StepPosition,
): Promise<Answer<FaultScope>> {
  const answer = await services.questions.suggest({
    ...{ title, position, value: EVERYTHING, takesAnyText: true },
    placeholder: l10n.t('Topic filter of the messages: + stands for one level, # for all that follow'),
    problemWith: problemWithTopicFilter,
    suggest: (text) => suggestTopics(services, text),
  });
  if (answer.kind !== 'answered') return answer;
  return { kind: 'answered', value: { kind: 'topicFilter', topicFilter: answer.value } };
}

// ── What is left to chance ──────────────────────────────────────────────────────────────────────────────────────

/** As the log has it. */
const MAX_SEED = 0xffff_ffff;

/** The last question: it asks nothing where the answers before it leave nothing to chance. */
function seedStep({ questions }: Services, title: string, draft: FaultDraft): Step {
  const ask = keeping(
    (position) =>
      questions.text({
        ...{ title, position, value: draft.seed === undefined ? '' : String(draft.seed) },
        prompt: l10n.t('Seed of what is left to chance; empty: a new one, which the log tells'),
        placeholder: l10n.t('From the log, to have the same again'),
        problemWith: problemWithSeed,
      }),
    (text) => {
      delete draft.seed;
      if (text.trim() !== '') draft.seed = Number(text);
    },
  );
  return async (position) => (leavesToChance(draft) ? ask(position) : { kind: 'answered', value: undefined });
}

function problemWithSeed(text: string): string | undefined {
  const seed = text.trim();
  if (seed === '' || (/^\d+$/.test(seed) && Number(seed) <= MAX_SEED)) return undefined;
  return l10n.t(
    'A seed is a whole number from 0 to {0}, as the log has it. Leave it empty for a new one.',
    String(MAX_SEED),
  );
}

function leavesToChance({ choice, numbers }: FaultDraft): boolean {
  if ('preset' in choice) return true;
  if (choice.kind === 'delay') return numbers.jitterMs !== 0;
  // Which byte, and which one it becomes, is drawn in any case.
  return choice.kind === 'corrupt' || numbers.percent !== 100;
}
