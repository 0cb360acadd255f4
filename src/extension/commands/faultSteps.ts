/** The questions of Inject Fault: which, for whom, and the numbers of each kind. Not a command itself. */
import { l10n } from 'vscode';
import type {
  FaultBehaviour,
  FaultDirection,
  FaultKind,
  FaultPreset,
  FaultRule,
  FaultScope,
  StartFaultsParams,
} from '../../contracts/faults.ts';
import type { PacketKindName } from '../../contracts/trace.ts';
import { keeping, type Step } from '../questions/askSteps.ts';
import type { Answer, Choice, StepPosition } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { faultWords, presetWords } from '../words/faultWords.ts';
import { formatName } from '../words/formats.ts';
import { problemWithTopicFilter } from '../words/topicWords.ts';
import { suggestTopics } from './publishSteps.ts';
import { EVERYTHING } from './recordingSteps.ts';

export type FaultChoice = { readonly preset: FaultPreset } | { readonly kind: FaultKind };

/** What has been answered so far. */
export interface FaultDraft {
  choice: FaultChoice;
  who: FaultScope;
  direction?: FaultDirection;
  packets?: readonly PacketKindName[];
  /** By the name of the field. */
  numbers: Record<string, number>;
  at: 'open' | 'connect' | 'connack';
  /** Drawn where it is not given. */
  seed?: number;
}

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

/** Those that the whole broker does. */
const forEveryone: ReadonlySet<FaultKind | FaultPreset> = new Set([
  'brokerRestart',
  'brokerStops',
  'expiryClock',
]);
/** Those that pick messages, and so can mean a topic. */
const byTopic: ReadonlySet<FaultKind | FaultPreset> = new Set([
  ...(['drop', 'delay', 'duplicate', 'reorder', 'corrupt', 'split', 'cut', 'closeAfter'] as const),
]);
/** Those of which something may be left to chance. */
const byChance: ReadonlySet<FaultKind | FaultPreset> = new Set([
  ...(['weakWifi', 'lteTunnel'] as const),
  ...(['drop', 'delay', 'duplicate', 'reorder', 'corrupt', 'cut'] as const),
]);

const nameOf = (choice: FaultChoice): FaultKind | FaultPreset =>
  'preset' in choice ? choice.preset : choice.kind;

function meansEveryone(choice: FaultChoice): boolean {
  return forEveryone.has(nameOf(choice));
}

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

function ruleOf({ who, direction, packets, numbers, at }: FaultDraft, kind: FaultKind): FaultRule {
  const fields: Record<string, unknown> = { kind, ...numbers };
  if (kind === 'close') fields.at = at;
  if (kind === 'brokerStops') fields.losesSessions = false;
  const isOfTopic = who.kind === 'topicFilter';
  return {
    who,
    ...(direction !== undefined && { direction }),
    // Of a topic, PUBLISH alone is meant in any case.
    ...(packets !== undefined && !isOfTopic && { packets }),
    behaviour: fields as FaultBehaviour, // the engine checks it, field by field
  };
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
      .map(({ clientId, remoteAddress }) => ({
        value: { kind: 'clientId', clientId },
        label: formatName(clientId),
        icon: 'circuit-board',
        ...(remoteAddress !== undefined && { description: remoteAddress }),
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

// ── What each kind asks ─────────────────────────────────────────────────────────────────────────────────────────

interface NumberQuestion {
  field: string;
  prompt: string;
  value: number;
  lowest: number;
  highest: number;
  /** Between two whole numbers, too. */
  isFraction?: true;
}

function stepsOfKind(services: Services, title: string, draft: FaultDraft, kind: FaultKind): Step[] {
  const number = (question: NumberQuestion): Step => numberStep(services, title, draft, question);
  const percent = number({
    field: 'percent',
    prompt: l10n.t('Share of these packets, in percent'),
    ...{ value: 100, lowest: 0.000_001, highest: 100, isFraction: true },
  });
  const seconds = (prompt: string, value: number, field = 'seconds'): Step =>
    number({ ...{ field, prompt, value, lowest: 0.001, highest: 3600 }, isFraction: true });
  switch (kind) {
    case 'delay':
      return [
        number({
          field: 'delayMs',
          prompt: l10n.t('At least so late, in milliseconds'),
          ...{ value: 200, lowest: 0, highest: 3_600_000 },
        }),
        number({
          field: 'jitterMs',
          prompt: l10n.t('And by chance up to so many milliseconds more'),
          ...{ value: 300, lowest: 0, highest: 3_600_000 },
        }),
      ];
    case 'bandwidth':
      return [
        number({
          field: 'bytesPerSecond',
          prompt: l10n.t('Bytes a second, each way'),
          ...{ value: 10_000, lowest: 1, highest: Number.MAX_SAFE_INTEGER },
        }),
      ];
    case 'drop':
    case 'duplicate':
    case 'corrupt':
    case 'cut':
      return [packetStep(services, title, draft), percent];
    case 'reorder':
      return [percent];
    case 'stall':
      return [directionStep(services, title, draft)];
    case 'idleTimeout':
      return [seconds(l10n.t('Seconds without a packet until the connection goes dead'), 30)];
    case 'gap':
      return [
        seconds(l10n.t('Seconds from the beginning of one gap to that of the next'), 60, 'everySeconds'),
        seconds(l10n.t('Seconds that a gap lasts'), 20),
      ];
    case 'refuse':
      return [reasonCodeStep(services, title, draft)];
    case 'close':
      return [closeStep(services, title, draft)];
    case 'closeAfter':
      return [
        packetStep(services, title, draft),
        number({
          field: 'count',
          prompt: l10n.t('Close behind the packet of this number'),
          ...{ value: 10, lowest: 1, highest: Number.MAX_SAFE_INTEGER },
        }),
      ];
    case 'brokerStops':
      return [seconds(l10n.t('Seconds until the broker is back'), 10)];
    case 'serverKeepAlive':
      return [
        number({
          field: 'seconds',
          prompt: l10n.t('Server Keep Alive, in seconds'),
          ...{ value: 5, lowest: 1, highest: 65_535 },
        }),
      ];
    case 'receiveMaximum':
      return [
        number({
          field: 'messages',
          prompt: l10n.t('Receive Maximum, in messages'),
          ...{ value: 1, lowest: 1, highest: 65_535 },
        }),
      ];
    case 'expiryClock':
      return [
        number({
          field: 'aheadSeconds',
          prompt: l10n.t('Seconds by which messages that wait are older'),
          ...{ value: 3600, lowest: 1, highest: 0xffff_ffff },
        }),
      ];
    case 'split':
    case 'halfOpen':
    case 'nonsense':
    case 'loseSession':
      return [];
  }
}

function numberStep(
  { questions }: Services,
  title: string,
  draft: FaultDraft,
  question: NumberQuestion,
): Step {
  const { field, prompt, value, lowest, highest, isFraction } = question;
  const problemWith = (text: string): string | undefined => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    const isRight = number >= lowest && number <= highest && (isFraction || Number.isInteger(number));
    if (isRight) return undefined;
    return isFraction
      ? l10n.t('A number from {0} to {1} is needed.', lowest, highest)
      : l10n.t('A whole number from {0} to {1} is needed.', lowest, highest);
  };
  return keeping(
    (position) =>
      questions.text({
        ...{ title, position, prompt, problemWith },
        value: String(draft.numbers[field] ?? value),
      }),
    (text) => {
      draft.numbers[field] = Number(text);
    },
  );
}

interface PacketChoice {
  readonly direction?: FaultDirection;
  readonly packets?: readonly PacketKindName[];
}

function packetStep({ questions }: Services, title: string, draft: FaultDraft): Step {
  const toClient = (...packets: PacketKindName[]): PacketChoice => ({ direction: 'toClient', packets });
  const toBroker = (...packets: PacketKindName[]): PacketChoice => ({ direction: 'toBroker', packets });
  const choices: Choice<PacketChoice>[] = [
    { value: toClient('publish'), label: l10n.t('Messages to the client'), description: 'PUBLISH' },
    { value: toBroker('publish'), label: l10n.t('Messages from the client'), description: 'PUBLISH' },
    {
      value: toClient('puback'),
      label: l10n.t('Acknowledgements of its QoS 1 messages'),
      description: 'PUBACK',
    },
    {
      value: toClient('pubrec', 'pubcomp'),
      label: l10n.t('Acknowledgements of its QoS 2 messages'),
      description: 'PUBREC, PUBCOMP',
    },
    {
      value: toBroker('puback', 'pubrec', 'pubcomp'),
      label: l10n.t('Acknowledgements from the client'),
      description: 'PUBACK, PUBREC, PUBCOMP',
    },
    { value: { packets: ['pubrel'] }, label: l10n.t('Releases of QoS 2, both ways'), description: 'PUBREL' },
    { value: toClient('pingresp'), label: l10n.t('Answers to its pings'), description: 'PINGRESP' },
    { value: toBroker('pingreq'), label: l10n.t('Its pings'), description: 'PINGREQ' },
    {
      value: toClient('suback', 'unsuback'),
      label: l10n.t('Answers to its subscriptions'),
      description: 'SUBACK, UNSUBACK',
    },
    { value: toClient('connack'), label: l10n.t('The answer to its CONNECT'), description: 'CONNACK' },
    { value: { direction: 'toClient' }, label: l10n.t('Everything to the client') },
    { value: { direction: 'toBroker' }, label: l10n.t('Everything from the client') },
    { value: {}, label: l10n.t('Everything, both ways') },
  ];
  return keeping(
    (position) => questions.pick({ ...{ title, position, choices }, placeholder: l10n.t('Which packets?') }),
    ({ direction, packets }) => {
      delete draft.direction;
      delete draft.packets;
      if (direction !== undefined) draft.direction = direction;
      if (packets !== undefined) draft.packets = packets;
    },
  );
}

function directionStep({ questions }: Services, title: string, draft: FaultDraft): Step {
  const choices: Choice<FaultDirection | 'both'>[] = [
    { value: 'toClient', label: l10n.t('The broker does not write') },
    { value: 'toBroker', label: l10n.t('The broker does not read') },
    { value: 'both', label: l10n.t('Both') },
  ];
  return keeping(
    (position) =>
      questions.pick({ ...{ title, position, choices }, placeholder: l10n.t('Which side stalls?') }),
    (direction) => {
      delete draft.direction;
      if (direction !== 'both') draft.direction = direction;
    },
  );
}

function closeStep({ questions }: Services, title: string, draft: FaultDraft): Step {
  return keeping(
    (position) => {
      const choices: Choice<FaultDraft['at']>[] = [
        { value: 'connect', label: l10n.t('When CONNECT has come, without an answer') },
        { value: 'connack', label: l10n.t('Behind CONNACK') },
      ];
      // Before CONNECT nobody knows who it is. For whom it is was asked just before.
      if (draft.who.kind === 'everyone')
        choices.push({ value: 'open', label: l10n.t('Before CONNECT, the workbench’s own connections too') });
      return questions.pick({ ...{ title, position, choices }, placeholder: l10n.t('When?') });
    },
    (at) => {
      draft.at = at;
    },
  );
}

/** Of CONNACK, in the standard's words. Section 3.2.2.2. */
const reasonCodes: readonly (readonly [number, string])[] = [
  [0x88, 'Server unavailable'],
  [0x89, 'Server busy'],
  [0x86, 'Bad User Name or Password'],
  [0x87, 'Not authorized'],
  [0x85, 'Client Identifier not valid'],
  [0x84, 'Unsupported Protocol Version'],
  [0x97, 'Quota exceeded'],
  [0x9f, 'Connection rate exceeded'],
  [0x8a, 'Banned'],
  [0x9c, 'Use another server'],
  [0x9d, 'Server moved'],
  [0x80, 'Unspecified error'],
  [0x81, 'Malformed Packet'],
  [0x82, 'Protocol Error'],
  [0x83, 'Implementation specific error'],
  [0x8c, 'Bad authentication method'],
  [0x90, 'Topic Name invalid'],
  [0x95, 'Packet too large'],
  [0x99, 'Payload format invalid'],
  [0x9a, 'Retain not supported'],
  [0x9b, 'QoS not supported'],
];

function reasonCodeStep({ questions }: Services, title: string, draft: FaultDraft): Step {
  const choices = reasonCodes.map(([value, name]) => ({
    value,
    label: name,
    description: `0x${value.toString(16).toUpperCase()}`,
  }));
  return keeping(
    (position) =>
      questions.pick({ ...{ title, position, choices }, placeholder: l10n.t('Reason code of CONNACK') }),
    (reasonCode) => {
      draft.numbers.reasonCode = reasonCode;
    },
  );
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

/** What was answered, for the engine. */
export function paramsOf(draft: FaultDraft): StartFaultsParams {
  const { choice, seed } = draft;
  const who = meansEveryone(choice) ? ({ kind: 'everyone' } as const) : draft.who;
  return {
    ...('preset' in choice
      ? { preset: choice.preset, who }
      : { rules: [ruleOf({ ...draft, who }, choice.kind)] }),
    ...(seed !== undefined && { seed }),
  };
}
