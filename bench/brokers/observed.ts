/**
 * Our broker with somebody looking: `node bench/brokers/observed.ts none|model|trace`. Prints its port.
 *
 * `model` is what the editor has on: topics counted, messages kept in their budget, clients watched for warnings. `trace`
 * keeps every packet, both ways, as the Packets view has it, in the default of its setting.
 */
import { systemClock } from '../../src/base/clock.ts';
import { Broker } from '../../src/broker/broker.ts';
import type { BrokerObserver } from '../../src/broker/observer.ts';
import { Model } from '../../src/model/model.ts';
import { PacketTrace } from '../../src/model/packetTrace.ts';
import { compositeObserver } from '../../src/observation/compositeObserver.ts';
import { ModelObserver } from '../../src/observation/modelObserver.ts';
import { TraceObserver } from '../../src/observation/traceObserver.ts';
import { WarningWatch } from '../../src/observation/warnings/warningWatch.ts';
import { listen } from '../../src/transports/listener.ts';

/** As the editor's default. */
const HISTORY_BYTES = 256 * 1024 * 1024;
const TRACE_BYTES = 64 * 1024 * 1024;

function observerOf(look: string | undefined): BrokerObserver | undefined {
  switch (look) {
    case 'none':
      return undefined;
    case 'model':
      return editorObserver();
    case 'trace':
      return new TraceObserver(new PacketTrace(TRACE_BYTES, systemClock), []);
    default:
      throw new Error('usage: node observed.ts none|model|trace');
  }
}

function editorObserver(): BrokerObserver {
  const model = new Model({ historyBytes: HISTORY_BYTES });
  const look = {
    get clientsConnected() {
      return broker.counters.clientsConnected;
    },
    openExchanges: () => broker.openExchanges(),
    retainedMessage: (topic: string) => broker.retainedMessage(topic),
    faultOf: (clientId: string) => broker.faultOf(clientId),
  };
  const warnings = new WarningWatch({ clock: systemClock, model, look: () => look });
  return compositeObserver([new ModelObserver(model, systemClock), warnings.observer]);
}

const observer = observerOf(process.argv[2]);
const broker = new Broker(observer === undefined ? {} : { observer });
const result = await listen({ kind: 'mqtt', host: '127.0.0.1', port: 0 }, (transport) =>
  broker.accept(transport),
);
if (result.kind !== 'listening') throw new Error(`the listener: ${result.kind}`);
console.log(JSON.stringify({ mqtt: result.listener.info.port }));
process.on('SIGTERM', () => process.exit());
