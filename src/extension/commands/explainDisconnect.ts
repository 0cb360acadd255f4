/** Explain Disconnect…: how a client's last connection ended, in full; and what leads on from there. */
import { l10n } from 'vscode';
import { openDocsPage } from '../openDocsPage.ts';
import type { Services } from '../services.ts';
import { formatEnd } from '../words/clientWords.ts';
import { formatName } from '../words/formats.ts';
import { clientOf } from './askForClient.ts';

export async function explainDisconnect(services: Services, argument: unknown): Promise<void> {
  const { extensionUri, packetsView, questions, traceSwitch } = services;
  const client = await clientOf(services, argument, {
    title: l10n.t('Explain Disconnect'),
    placeholder: l10n.t('Client whose last disconnect to explain'),
    states: ['connected', 'stored', 'gone'],
    nothingToOffer: l10n.t('The broker knows no such client.'),
  });
  if (client === undefined) return;
  const { clientId, last } = client;
  const name = formatName(clientId);
  if (last === undefined) {
    await questions.say('information', l10n.t('{0} has not been disconnected yet.', name));
    return;
  }
  const { end } = last;
  const more = l10n.t('Learn More');
  // Without a trace the bytes are gone: it is there for the next time.
  const packets = traceSwitch.isOn ? l10n.t('Show Packets') : l10n.t('Start Packet Trace');
  const buttons = end.kind === 'protocolError' ? [more, packets] : [packets];
  const button = await questions.say('information', `${name}: ${formatEnd(end)}`, ...buttons);
  if (button === more && end.kind === 'protocolError')
    await openDocsPage(extensionUri, 'errors', end.errorCode);
  if (button !== packets) return;
  if (!traceSwitch.isOn) await traceSwitch.start();
  await packetsView.open({ client: clientId });
}
