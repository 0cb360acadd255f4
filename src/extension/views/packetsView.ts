/**
 * The Packets view in VS Code's panel area: what its page is sent, and what it asks for.
 *
 * The filter, and the list under it, are the ListPage's. Whether the trace is on is the switch's.
 */
import { env, l10n, type Uri } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { viewIds } from '../../contracts/manifest.ts';
import {
  type ExtensionToPacketsPage,
  everyPacket,
  type PacketsFilter,
  type PacketsPageToExtension,
} from '../../contracts/packetsPage.ts';
import type { PacketQuery, PacketSummary, PacketsView } from '../../contracts/trace.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import type { ActiveFaults } from '../faults/activeFaults.ts';
import type { LocalBroker } from '../localBroker.ts';
import { openDocsPage } from '../openDocsPage.ts';
import { ListPage } from '../panels/listPage.ts';
import { followPackets } from '../panels/viewFollower.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import type { TraceSwitch } from '../trace/traceSwitch.ts';

export interface PacketsViewOptions {
  extensionUri: Uri;
  engine: EngineClient;
  broker: LocalBroker;
  questions: UserQuestions;
  traceSwitch: TraceSwitch;
  faults: ActiveFaults;
  inBackground: InBackground;
  /** As the command does, with its messages. */
  startBroker: () => Promise<void>;
}

/** What a page may put on the clipboard: the bytes of a packet as hexadecimal digits. */
const MAX_COPIED_CHARACTERS = 3 * 64 * 1024;
/** As errors.ts of the broker writes them. */
const ERROR_CODE = /^[a-z0-9-]+$/;

export class PacketsViewHost implements Disposable {
  readonly #options: PacketsViewOptions;
  readonly #store = new DisposableStore();
  readonly #page: ListPage<
    PacketsFilter,
    PacketQuery,
    PacketsView,
    PacketSummary,
    PacketsPageToExtension,
    ExtensionToPacketsPage
  >;

  constructor(options: PacketsViewOptions) {
    const { extensionUri, engine, broker, traceSwitch, faults, inBackground } = options;
    this.#options = options;
    this.#page = this.#store.add(
      new ListPage({
        ...{ extensionUri, engine, inBackground, queryOf },
        viewId: viewIds.packets,
        bundle: 'packets',
        filter: everyPacket,
        follower: followPackets(engine, inBackground),
        rowsOf: (request) => engine.callIfRunning('packetRows', request),
        receive: (message) => this.#receive(message),
      }),
    );
    this.#store.add(broker.onDidChangeState(() => this.#sendBrokerState()));
    this.#store.add(
      engine.on('packetStepsChanged', ({ id, steps }) => this.#page.post({ kind: 'steps', id, steps })),
    );
    this.#store.add(traceSwitch.onDidChange(() => this.#sendTrace()));
    this.#store.add(faults.onDidChange(() => this.#sendFaults()));
  }

  /** What is shown, as the engine is asked for it. */
  get query(): PacketQuery {
    return this.#page.query;
  }

  /** Shows the view with this filter; what is not given stands for all. */
  open(filter: Partial<PacketsFilter>): Promise<void> {
    return this.#page.open({ ...everyPacket, ...filter });
  }

  /** As it is. */
  show(): Promise<void> {
    return this.#page.show();
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #receive(message: PacketsPageToExtension): Promise<void> {
    const { engine, traceSwitch, questions, extensionUri } = this.#options;
    switch (message.kind) {
      case 'ready':
        this.#sendBrokerState();
        this.#sendTrace();
        this.#sendFaults();
        this.#page.sendFilter();
        return this.#page.follow();
      case 'filterChanged':
        return this.#page.typed(message);
      case 'requestRows':
        return this.#page.sendRows(message);
      case 'findPlace': {
        const { request, viewId, at } = message;
        const place = await engine.callIfRunning('packetPlace', { viewId, at });
        return this.#page.post({ kind: 'place', request, place });
      }
      case 'requestPacket': {
        const { id } = message;
        const packet = await engine.callIfRunning('packet', { id });
        return this.#page.post(
          packet === undefined ? { kind: 'packetGone', id } : { kind: 'packet', packet },
        );
      }
      case 'followPacket': {
        const { id } = message;
        const steps = await engine.callIfRunning('followPacket', { id });
        if (steps !== undefined) this.#page.post({ kind: 'steps', id, steps });
        return;
      }
      case 'findTopics':
        return this.#page.sendTopics(message.text);
      case 'findClients':
        return this.#page.sendClients(message.text);
      case 'setTrace':
        return message.isOn ? traceSwitch.start() : traceSwitch.stop();
      case 'openErrorPage':
        if (ERROR_CODE.test(message.code)) await openDocsPage(extensionUri, 'errors', message.code);
        return;
      case 'copy':
        await env.clipboard.writeText(message.text.slice(0, MAX_COPIED_CHARACTERS));
        return questions.confirm(l10n.t('Copied.'));
      case 'copyDiagram': {
        const diagram = await engine.callIfRunning('packetDiagram', { id: message.id });
        if (diagram === undefined) {
          await questions.say(
            'information',
            l10n.t('The packet is no longer held, or belongs to no message.'),
          );
          return;
        }
        await env.clipboard.writeText(diagram);
        return questions.confirm(l10n.t('Sequence diagram copied, as Mermaid.'));
      }
      case 'startBroker':
        return this.#options.startBroker();
    }
  }

  #sendTrace(): void {
    this.#page.post({ kind: 'trace', state: this.#options.traceSwitch.state });
  }

  #sendFaults(): void {
    this.#page.post({ kind: 'faults', count: this.#options.faults.injections.length });
  }

  #sendBrokerState(): void {
    this.#page.post({ kind: 'brokerState', broker: this.#options.broker.state.kind });
  }
}

function queryOf({ kinds, topicFilter, client, errorsOnly }: PacketsFilter): PacketQuery {
  return {
    ...(kinds.length > 0 && { kinds }),
    ...(topicFilter !== '' && { topicFilter }),
    ...(client !== '' && { client }),
    ...(errorsOnly && { errorsOnly }),
  };
}
