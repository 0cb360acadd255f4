/**
 * The options of a subscription in MQTT 5.0, as one list: each choice changes one of them and comes back, until it is
 * subscribed with them.
 */
import { l10n } from 'vscode';
import type { SubscribeParams } from '../../contracts/engine.ts';
import { parseSharedFilter } from '../../mqtt/topics.ts';
import type { Answer, Choice, StepPosition } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { describeRetainHandling } from '../words/subscriptionWords.ts';
import { describeQos } from './publishSteps.ts';

type Draft = Omit<SubscribeParams, 'connection'>;
type Option = 'done' | 'qos' | 'noLocal' | 'retainAsPublished' | 'retainHandling' | 'share' | 'identifier';

const MAX_IDENTIFIER = 268_435_455;

export async function askSubscribeOptions(
  services: Services,
  { title, position }: { title: string; position: StepPosition },
  draft: Draft,
): Promise<Answer<Draft>> {
  let options = draft;
  let preferred: Option = 'qos';
  for (;;) {
    const answer: Answer<Option> = await services.questions.pick({
      ...{ title, position, preferred },
      placeholder: l10n.t('Options of the subscription to {0}', formatName(options.topicFilter)),
      choices: choicesOf(options),
    });
    if (answer.kind !== 'answered') return answer;
    if (answer.value === 'done') return { kind: 'answered', value: options };
    preferred = answer.value;
    options = await changed(services, title, options, answer.value);
  }
}

function choicesOf(options: Draft): Choice<Option>[] {
  const {
    topicFilter,
    qos,
    noLocal,
    retainAsPublished,
    retainHandling = 0,
    subscriptionIdentifier,
  } = options;
  const shared = parseSharedFilter(topicFilter);
  const onOrOff = (isOn: boolean | undefined): string => (isOn ? l10n.t('on') : l10n.t('off'));
  return [
    { value: 'done', label: l10n.t('Subscribe'), icon: 'check', description: formatName(topicFilter) },
    { value: 'qos', label: l10n.t('QoS {0}', qos), icon: 'arrow-swap', description: describeQos(qos) },
    {
      value: 'noLocal',
      label: l10n.t('No Local: {0}', onOrOff(noLocal)),
      icon: 'arrow-swap',
      description: l10n.t('whether what is published from here comes back'),
    },
    {
      value: 'retainAsPublished',
      label: l10n.t('Retain As Published: {0}', onOrOff(retainAsPublished)),
      icon: 'arrow-swap',
      description: l10n.t('whether the retain flag comes as it was published'),
    },
    {
      value: 'retainHandling',
      label: l10n.t('Retain Handling: {0}', retainHandling),
      icon: 'arrow-swap',
      description: describeRetainHandling(retainHandling),
    },
    {
      value: 'share',
      label:
        shared === undefined
          ? l10n.t('Shared Subscription: none')
          : l10n.t('Shared Subscription: {0}', formatName(shared.shareName)),
      icon: 'organization',
      description: l10n.t('each message goes to one client of a group'),
    },
    {
      value: 'identifier',
      label:
        subscriptionIdentifier === undefined
          ? l10n.t('Subscription Identifier: chosen by the workbench')
          : l10n.t('Subscription Identifier: {0}', subscriptionIdentifier),
      icon: 'symbol-number',
    },
  ];
}

async function changed(
  services: Services,
  title: string,
  options: Draft,
  option: Exclude<Option, 'done'>,
): Promise<Draft> {
  const { qos, noLocal = false, retainAsPublished = false, retainHandling = 0 } = options;
  switch (option) {
    case 'qos':
      return { ...options, qos: next(qos) };
    case 'noLocal':
      // [MQTT-3.8.3-4]
      return { ...options, noLocal: !noLocal && parseSharedFilter(options.topicFilter) === undefined };
    case 'retainAsPublished':
      return { ...options, retainAsPublished: !retainAsPublished };
    case 'retainHandling':
      return { ...options, retainHandling: next(retainHandling) };
    case 'share':
      return withShare(services, title, options);
    case 'identifier':
      return withIdentifier(services, title, options);
  }
}

function next(value: 0 | 1 | 2): 0 | 1 | 2 {
  if (value === 2) return 0;
  return value === 0 ? 1 : 2;
}

async function withShare({ questions }: Services, title: string, options: Draft): Promise<Draft> {
  const shared = parseSharedFilter(options.topicFilter);
  const answer = await questions.text({
    title,
    prompt: l10n.t('Name of the group that shares the messages; empty for no sharing'),
    value: shared?.shareName ?? '',
    problemWith: (text) =>
      /[/+#]/.test(text) ? l10n.t('A share name has no slash and no wildcard.') : undefined,
  });
  if (answer.kind !== 'answered') return options;
  const topicFilter = shared?.topicFilter ?? options.topicFilter;
  if (answer.value === '') return { ...options, topicFilter };
  // [MQTT-3.8.3-4]
  return { ...options, topicFilter: `$share/${answer.value}/${topicFilter}`, noLocal: false };
}

async function withIdentifier({ questions }: Services, title: string, options: Draft): Promise<Draft> {
  const answer = await questions.text({
    title,
    prompt: l10n.t('Subscription identifier, that comes with each message; empty: one that no other has'),
    value: String(options.subscriptionIdentifier ?? ''),
    problemWith: (text) =>
      text === '' || (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_IDENTIFIER)
        ? undefined
        : l10n.t('A whole number from 1 to 268,435,455 is needed.'),
  });
  if (answer.kind !== 'answered') return options;
  const { subscriptionIdentifier: _before, ...others } = options;
  return answer.value === '' ? others : { ...others, subscriptionIdentifier: Number(answer.value) };
}
