/** Open Packet Capture…: the MQTT in a pcap or pcapng file, over TCP or WebSocket in clear, in the Packets view. */
import { l10n, Uri } from 'vscode';
import type { Services } from '../services.ts';
import { formatBytes, formatCount } from '../words/formats.ts';
import { fileName } from '../words/recordingWords.ts';
import { localPathOf, usualFolder } from './localFiles.ts';

export async function openCapture(services: Services, argument: unknown): Promise<void> {
  const { engine, inBackground, packetsView, questions, settings, traceSwitch } = services;
  const uri = argument instanceof Uri ? argument : await askForCapture(services);
  const file = uri && (await localPathOf(services, uri));
  if (file === undefined) return;
  if (traceSwitch.isOn && !(await mayStop(services))) return;
  const budgetBytes = settings.current.traceBytes;
  const result = await questions.whileWorking(l10n.t('Reading {0}', fileName(file)), ({ signal }) => {
    signal.addEventListener('abort', () => inBackground(traceSwitch.clear()));
    return engine.call('openCapture', { file, budgetBytes });
  });
  if (result.kind === 'calledOff') return;
  if (result.kind === 'unreadable') {
    await questions.say('error', l10n.t('{0} was not read to its end. {1}', fileName(file), result.message));
    if (result.packets > 0) await packetsView.open({});
    return;
  }
  await packetsView.open({});
  const { packets, otherConnections, compressedConnections, lostBytes } = result;
  const missing: string[] = [];
  if (lostBytes > 0) {
    missing.push(
      l10n.t(
        '{0} lacks {1} of MQTT: packets are missing there, or cut. Frames were lost when it was captured, or not kept whole (tcpdump -s 0 keeps them whole).',
        fileName(file),
        formatBytes(lostBytes),
      ),
    );
  }
  if (compressedConnections > 0) {
    missing.push(
      l10n.t(
        'Not read in {0}: WebSocket connections with compressed frames (permessage-deflate), {1} in number. Switch compression off in the client or its broker and capture again; a trace of the broker shows them as they are.',
        fileName(file),
        formatCount(compressedConnections),
      ),
    );
  }
  if (missing.length > 0) {
    await questions.say('information', missing.join(' '));
    return;
  }
  if (packets > 0) return;
  await questions.say(
    'information',
    otherConnections > 0
      ? l10n.t(
          'No MQTT was found in {0}. {1} connections in it speak something else, or are encrypted: a trace of the broker shows those in clear.',
          fileName(file),
          formatCount(otherConnections),
        )
      : l10n.t('No MQTT was found in {0}.', fileName(file)),
  );
}

async function mayStop({ questions }: Services): Promise<boolean> {
  const open = l10n.t('Stop and Open');
  const message = l10n.t('The packet trace is on. To open a capture stops it, and its packets make room.');
  return (await questions.say('warning', message, open)) === open;
}

function askForCapture(services: Services): Promise<Uri | undefined> {
  const folder = usualFolder(services);
  return services.questions.file(l10n.t('Choose a capture to open'), l10n.t('Open'), {
    filters: {
      [l10n.t('Packet Captures')]: ['pcapng', 'pcap', 'cap'],
      [l10n.t('All Files')]: ['*'],
    },
    ...(folder !== undefined && { folder: Uri.file(folder) }),
  });
}
