/**
 * What is done with a subscription that stands: Unsubscribe, Mute, Unmute, Subscribe Again and Save with Profile. From its row,
 * or from one that is picked.
 *
 * A bundle of its own, with the options of Subscribe…: seldom needed.
 */
import { l10n } from 'vscode';
import { LOCAL_BROKER } from '../../contracts/connections.ts';
import type { SubscriptionInfo } from '../../contracts/engine.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { explainSubscribe } from '../words/publishWords.ts';
import { askForSubscription, type NamedSubscription } from './subscriptionSteps.ts';

export { askSubscribeOptions } from './subscribeOptions.ts';

export async function unsubscribe(services: Services, argument: unknown): Promise<void> {
  const found = await askForSubscription(services, argument, {
    title: l10n.t('Unsubscribe'),
    placeholder: l10n.t('Subscription to end'),
    nothing: l10n.t('The workbench has no subscription.'),
    isMeant: () => true,
  });
  if (found === undefined) return;
  const { topicFilter } = found.subscription;
  await services.engine.callIfRunning('unsubscribe', { topicFilter, ...connectionOf(found) });
  services.questions.confirm(l10n.t('Unsubscribed from {0}.', formatName(topicFilter)));
}

export async function muteSubscription(services: Services, argument: unknown): Promise<void> {
  const found = await askForSubscription(services, argument, {
    title: l10n.t('Mute Subscription'),
    placeholder: l10n.t('Subscription whose messages are counted, and shown nowhere'),
    nothing: l10n.t('The workbench has no subscription to mute.'),
    isMeant: ({ subscription }) => subscription.isMuted === undefined && subscription.refusal === undefined,
  });
  if (found !== undefined) await setMuted(services, found, true);
}

export async function unmuteSubscription(services: Services, argument: unknown): Promise<void> {
  const found = await askForSubscription(services, argument, {
    title: l10n.t('Unmute Subscription'),
    placeholder: l10n.t('Subscription whose messages are to be shown again'),
    nothing: l10n.t('No subscription is muted.'),
    isMeant: ({ subscription }) => subscription.isMuted === true,
  });
  if (found !== undefined) await setMuted(services, found, false);
}

async function setMuted(services: Services, found: NamedSubscription, isMuted: boolean): Promise<void> {
  const { topicFilter } = found.subscription;
  await services.engine.callIfRunning('muteSubscription', { topicFilter, isMuted, ...connectionOf(found) });
}

/** As it is, once more: retained messages come again, and a broker that refused it may think otherwise. */
export async function subscribeAgain(services: Services, argument: unknown): Promise<void> {
  const found = await askForSubscription(services, argument, {
    title: l10n.t('Subscribe Again'),
    placeholder: l10n.t('Subscription to make once more'),
    nothing: l10n.t('The workbench has no subscription.'),
    isMeant: () => true,
  });
  if (found === undefined) return;
  const { topicFilter } = found.subscription;
  const params = { ...requestOf(found.subscription), ...connectionOf(found) };
  const outcome = explainSubscribe(await services.engine.call('subscribe', params), topicFilter);
  if (outcome.ok) services.questions.confirm(outcome.message);
  else await services.questions.say('error', outcome.message);
}

/** In the settings where the profile is: made at each connect from then on. */
export async function saveSubscription(services: Services, argument: unknown): Promise<void> {
  const { connections, connectionSettings, questions } = services;
  const profileOf = ({ connection }: NamedSubscription) => connections.with(connection)?.profile;
  const found = await askForSubscription(services, argument, {
    title: l10n.t('Save Subscription with Profile'),
    placeholder: l10n.t('Subscription to make at each connect'),
    nothing: l10n.t('No connection with a profile has a subscription.'),
    isMeant: (each) => profileOf(each) !== undefined,
  });
  const profile = found && profileOf(found);
  if (found === undefined || profile === undefined) return;
  const { topicFilter } = found.subscription;
  const saved = entryOf(found.subscription);
  await connectionSettings.change(profile, (entry) => {
    const before: readonly unknown[] = Array.isArray(entry.subscriptions) ? entry.subscriptions : [];
    const others = before.filter((each) => filterOf(each) !== topicFilter);
    return { ...entry, subscriptions: [...others, saved] };
  });
  questions.confirm(
    l10n.t('{0} is subscribed to at each connect of {1}.', formatName(topicFilter), formatName(profile.name)),
  );
}

function connectionOf({ connection }: NamedSubscription): { connection?: number } {
  return connection === LOCAL_BROKER ? {} : { connection };
}

/** As it was asked for. */
function requestOf(subscription: SubscriptionInfo) {
  const { messageCount: _heard, isMuted: _muted, refusal: _refusal, requestedQos, ...request } = subscription;
  return { ...request, qos: requestedQos ?? request.qos };
}

/** A filter alone is one at QoS 0. */
function entryOf(subscription: SubscriptionInfo): unknown {
  const { topicFilter, qos, ...options } = requestOf(subscription);
  if (qos === 0 && Object.keys(options).length === 0) return topicFilter;
  return { topicFilter, ...(qos > 0 && { qos }), ...options };
}

function filterOf(entry: unknown): unknown {
  const isObject = typeof entry === 'object' && entry !== null;
  return isObject && 'topicFilter' in entry ? entry.topicFilter : entry;
}
