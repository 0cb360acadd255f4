/** What Inject Fault asks of each kind: which packets, how many of them, and its numbers. Not a command itself. */
import { l10n } from 'vscode';
import type { FaultDirection, FaultKind } from '../../contracts/faults.ts';
import type { PacketKindName } from '../../contracts/trace.ts';
import { keeping, type Step } from '../questions/askSteps.ts';
import type { Answer, Choice, StepPosition } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import type { FaultDraft } from './faultDraft.ts';

interface NumberQuestion {
  field: string;
  prompt: string;
  value: number;
  lowest: number;
  highest: number;
  /** Between two whole numbers, too. */
  isFraction?: true;
}

export function stepsOfKind(services: Services, title: string, draft: FaultDraft, kind: FaultKind): Step[] {
  const number = (question: NumberQuestion): Step => numberStep(services, title, draft, question);
  const share = shareStep(services, title, draft);
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
      return [packetStep(services, title, draft), share];
    case 'reorder':
      return [share];
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
  const { field, prompt, value } = question;
  const problemWith = problemWithNumber(question);
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

function problemWithNumber({
  lowest,
  highest,
  isFraction,
}: NumberQuestion): (text: string) => string | undefined {
  return (text) => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    const isRight = number >= lowest && number <= highest && (isFraction || Number.isInteger(number));
    if (isRight) return undefined;
    return isFraction
      ? l10n.t('A number from {0} to {1} is needed.', lowest, highest)
      : l10n.t('A whole number from {0} to {1} is needed.', lowest, highest);
  };
}

/** `times`: for each client and direction. */
interface Share {
  readonly percent: number;
  readonly times?: number;
}

const SOME_PERCENT = 10;

function shareStep(services: Services, title: string, draft: FaultDraft): Step {
  return keeping(
    (position) => askShare(services, title, position, draft),
    ({ percent, times }) => {
      draft.numbers.percent = percent;
      delete draft.numbers.times;
      if (times !== undefined) draft.numbers.times = times;
    },
  );
}

async function askShare(
  { questions }: Services,
  title: string,
  position: StepPosition,
  { numbers }: FaultDraft,
): Promise<Answer<Share>> {
  const question: NumberQuestion = {
    field: 'percent',
    prompt: l10n.t('Share of these packets, in percent'),
    ...{ value: SOME_PERCENT, lowest: 0.000_001, highest: 100, isFraction: true },
  };
  const choices: Choice<Share | 'other'>[] = [
    { value: { percent: 100 }, label: l10n.t('All of them') },
    {
      value: { percent: 100, times: 1 },
      label: l10n.t('The first one alone'),
      description: l10n.t('of each client; those that follow pass'),
    },
    { value: 'other', label: l10n.t('Some, by Chance…'), description: l10n.t('a share of them') },
  ];
  for (;;) {
    const picked = await questions.pick({
      ...{ title, position, choices },
      placeholder: l10n.t('How many of these packets?'),
    });
    if (picked.kind !== 'answered') return picked;
    if (picked.value !== 'other') return { kind: 'answered', value: picked.value };
    const { percent = question.value } = numbers;
    const written = await questions.text({
      ...{ title, position, prompt: question.prompt, problemWith: problemWithNumber(question) },
      value: String(percent === 100 ? question.value : percent),
    });
    // Back to how many.
    if (written.kind === 'cancelled') return written;
    if (written.kind === 'answered') return { kind: 'answered', value: { percent: Number(written.value) } };
  }
}

interface PacketChoice {
  readonly direction?: FaultDirection;
  readonly packets?: readonly PacketKindName[];
}

function packetStep({ questions }: Services, title: string, draft: FaultDraft): Step {
  const toClient = (...packets: PacketKindName[]): PacketChoice => ({ direction: 'toClient', packets });
  const toBroker = (...packets: PacketKindName[]): PacketChoice => ({ direction: 'toBroker', packets });
  const messages: Choice<PacketChoice>[] = [
    { value: toClient('publish'), label: l10n.t('Messages to the client'), description: 'PUBLISH' },
    { value: toBroker('publish'), label: l10n.t('Messages from the client'), description: 'PUBLISH' },
  ];
  const ofTopic: Choice<PacketChoice>[] = [
    ...messages,
    { value: { packets: ['publish'] }, label: l10n.t('Messages, both ways'), description: 'PUBLISH' },
  ];
  const choices: Choice<PacketChoice>[] = [
    ...messages,
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
    (position) =>
      questions.pick({
        ...{ title, position },
        // No other packet has a topic. For whom it is was asked just before.
        choices: draft.who.kind === 'topicFilter' ? ofTopic : choices,
        placeholder: l10n.t('Which packets?'),
      }),
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
