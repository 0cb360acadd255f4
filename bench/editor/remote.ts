/**
 * What comes from another broker, with the views open: mosquitto takes a flood, and the workbench is subscribed to all of it.
 * How far behind the views are, how long the extension host is held, and whether every message is in the tree in the end.
 */
import { findFreePort } from '../../src/transports/freePort.ts';
import { MosquittoBroker } from '../../test/support/mosquittoBroker.ts';
import type { FeltFigure } from '../report/felt.ts';
import { ProbedWindow } from './probedWindow.ts';
import { lagDuring, noLag } from './screenLag.ts';

const MESSAGES_PER_SECOND = 30_000;
const TOPICS = 999;
const PAYLOAD_BYTES = 64;
const WARM_UP_SECONDS = 2;
const MARKER = 'marker';
const SETTLE_MS = 2000;
const CONNECTION = 'Gateway';

/** In a window of its own. */
export async function measureRemote(floodSeconds: number): Promise<readonly FeltFigure[]> {
  const port = await findFreePort('127.0.0.1', 42_883);
  await using probed = await ProbedWindow.open({
    'mqttWorkbench.connections': [
      { name: CONNECTION, url: `mqtt://127.0.0.1:${port}`, subscriptions: ['#'] },
    ],
  });
  // A line for each message would be measured as well.
  const quiet = ['log_type none', 'log_type information'];
  const configuration = [`listener ${port} 127.0.0.1`, 'max_queued_messages 0', ...quiet];
  await MosquittoBroker.start(probed.owner, { configuration });
  const { workbench } = probed.window;
  await workbench.openViews('MQTT Workbench');
  const connections = workbench.pane('Connections');
  await connections.expand();
  const connection = connections.row(CONNECTION);
  await connection.contextMenu('Connect…');
  await connection.waitForDescription(/^connected/);
  const flood = { port, prefix: 'flood', topics: TOPICS, payloadBytes: PAYLOAD_BYTES };
  const rate = MESSAGES_PER_SECOND;
  const warm = await probed.flood({ ...flood, rate, seconds: WARM_UP_SECONDS, marker: MARKER });
  await workbench.pane('Topics').row(CONNECTION).expand();
  await connection.contextMenu('Open Messages');
  let sent = warm.sent;
  let messagesPerSecond = 0;
  let lag = noLag;
  const loop = await probed.loopDuring(async () => {
    lag = await lagDuring(workbench.page, MARKER, SETTLE_MS, async () => {
      const result = await probed.flood({ ...flood, rate, seconds: floodSeconds, marker: MARKER });
      sent += result.sent;
      ({ messagesPerSecond } = result);
    });
  });
  if (lag.treeLooks === 0 || lag.messagesLooks === 0)
    throw new Error('the views showed nothing of the flood');
  const all = new RegExp(`${sent.toLocaleString('en')} messages`);
  await workbench.pane('Topics').row('flood').waitForDescription(all);
  return [
    {
      name: 'from mosquitto, views open, all of it in the tree',
      value: messagesPerSecond,
      unit: 'messages/s',
    },
    { name: 'from mosquitto: extension host delay p99', value: loop.delayP99Ms, unit: 'ms', budget: 20 },
    { name: 'from mosquitto: Topics tree behind at most', value: lag.treeMaxMs, unit: 'ms', budget: 1000 },
    {
      name: 'from mosquitto: Messages view behind at most',
      value: lag.messagesMaxMs,
      unit: 'ms',
      budget: 1000,
    },
  ];
}
