/** The time span of the messages that are meant: all that are held, the last minutes, or from one time to another. Not a command itself. */
import { l10n } from 'vscode';
import type { Answer, Choice, StepPosition } from '../questions/userQuestions.ts';
import { parseTime } from '../recording/typedTimes.ts';
import type { Services } from '../services.ts';

/** Milliseconds since 1970, both included. Without one it is open to that side. */
export interface TimeSpan {
  fromMs?: number;
  toMs?: number;
}

interface Header {
  title: string;
  position: StepPosition;
}

const MINUTES = [1, 5, 15, 60];
const MS_PER_MINUTE = 60_000;
const ALL = 0;
const FROM_TO = -1;

export async function askTimeSpan(services: Services, header: Header): Promise<Answer<TimeSpan>> {
  for (;;) {
    const answer = await askMinutes(services, header);
    if (answer.kind !== 'answered') return answer;
    if (answer.value === ALL) return { kind: 'answered', value: {} };
    if (answer.value !== FROM_TO)
      return { kind: 'answered', value: { fromMs: Date.now() - answer.value * MS_PER_MINUTE } };
    const typed = await askFromTo(services, header);
    // Back from the first of the two: to the list.
    if (typed.kind !== 'back') return typed;
  }
}

function askMinutes({ questions }: Services, header: Header): Promise<Answer<number>> {
  const choices: Choice<number>[] = [
    { value: ALL, label: l10n.t('All That Is Held'), icon: 'database' },
    ...MINUTES.map((value) => ({
      value,
      label: value === 1 ? l10n.t('The Last Minute') : l10n.t('The Last {0} Minutes', value),
      icon: 'history',
    })),
    { value: FROM_TO, label: l10n.t('From One Time to Another…'), icon: 'calendar' },
  ];
  return questions.pick({ ...header, choices, placeholder: l10n.t('Which time span?') });
}

async function askFromTo(services: Services, header: Header): Promise<Answer<TimeSpan>> {
  for (;;) {
    const from = await askTime(services, header, l10n.t('From when? A time as 12:30:05, or with its date'));
    if (from.kind !== 'answered') return from;
    const to = await askTime(
      services,
      { ...header, position: { ...header.position, step: Math.max(2, header.position.step) } },
      l10n.t('Until when? Empty for now'),
      from.value,
    );
    if (to.kind === 'cancelled') return to;
    if (to.kind === 'answered') return { kind: 'answered', value: { fromMs: from.value, toMs: to.value } };
  }
}

/** @param afterMs where given, an empty text is now, and the time must not be before it. */
async function askTime(
  { questions }: Services,
  header: Header,
  prompt: string,
  afterMs?: number,
): Promise<Answer<number>> {
  const read = (text: string): number | undefined =>
    afterMs !== undefined && text.trim() === '' ? Date.now() : parseTime(text, Date.now());
  const answer = await questions.text({
    ...header,
    prompt,
    value: '',
    placeholder: '2026-01-31 12:30:05.250',
    problemWith: (text) => {
      const atMs = read(text);
      if (atMs === undefined)
        return l10n.t('This is no time. Type it as 12:30, 12:30:05 or 2026-01-31 12:30.');
      if (afterMs !== undefined && atMs < afterMs) return l10n.t('This is before the time that it begins.');
      return undefined;
    },
  });
  if (answer.kind !== 'answered') return answer;
  // Problems were refused.
  return { kind: 'answered', value: read(answer.value) ?? Date.now() };
}
