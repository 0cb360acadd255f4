/**
 * The clients of the local broker: listed, looked at, and disconnected by a person.
 *
 * Asks the broker when it is asked: it alone knows its sessions, and nothing is kept beside it. What the broker has
 * forgotten, how a connection ended, is the model's.
 */
import { BestOf } from '../base/bestOf.ts';
import type { Clock } from '../base/clock.ts';
import { inSlices } from '../base/inSlices.ts';
import type { Broker, SessionBrief } from '../broker/broker.ts';
import {
  type ClientDetail,
  type ClientInfo,
  type ClientMethods,
  type ClientPage,
  type ClientWarning,
  type DisconnectClientResult,
  type DisconnectReason,
  MAX_CLIENT_DETAILS,
  MAX_LISTED_CLIENTS,
} from '../contracts/clients.ts';
import type { LastConnection } from '../model/clients.ts';
import type { Model } from '../model/model.ts';
import { isReasonCodeOf, ReasonCode, reasonCodeName } from '../mqtt/reasonCodes.ts';
import { clientSessionOf } from './clientSession.ts';
import type { Handlers } from './rpcServer.ts';

export interface ClientServiceOptions {
  clock: Clock;
  model: Model;
  /** Undefined unless it runs. */
  broker(): Broker | undefined;
  /** Of the workbench's own client, while it has one. */
  workbenchClientId(): string | undefined;
}

type Params<Method extends keyof ClientMethods> = Parameters<ClientMethods[Method]>[0];

const MAX_ITEMS_PER_SLICE = 5_000;
/** As in the other views: `node2` comes before `node10`. */
const collator = new Intl.Collator('en', { numeric: true });

export class ClientService implements Handlers<ClientMethods> {
  readonly #options: ClientServiceOptions;

  constructor(options: ClientServiceOptions) {
    this.#options = options;
  }

  async listClients({ text = '', states, limit }: Params<'listClients'>): Promise<ClientPage> {
    const { clock } = this.#options;
    const wanted = text.toLowerCase();
    const best = new BestOf<ClientInfo>(Math.min(limit, MAX_LISTED_CLIENTS), byInterest);
    const counts = { total: 0, known: 0, connected: 0 };
    const visit = (client: ClientInfo): void => {
      counts.known++;
      if (client.state === 'connected') counts.connected++;
      if (states?.includes(client.state) === false) return;
      if (wanted !== '' && !client.clientId.toLowerCase().includes(wanted)) return;
      counts.total++;
      best.add(client);
    };
    await inSlices(this.#all(), visit, { clock, maxItems: MAX_ITEMS_PER_SLICE, mayGoOn: () => true });
    return { clients: best.takeAll(), ...counts };
  }

  clientDetails({ clientIds }: Params<'clientDetails'>): readonly ClientDetail[] {
    return clientIds.slice(0, MAX_CLIENT_DETAILS).flatMap((clientId) => this.#detailOf(clientId) ?? []);
  }

  disconnectReasons(): readonly DisconnectReason[] {
    const reasons: DisconnectReason[] = [];
    for (let reasonCode = 0; reasonCode <= 0xff; reasonCode++) {
      // 0x04 is a client's alone: it asks for its will. Table 3-13.
      if (reasonCode === ReasonCode.disconnectWithWillMessage || !isReasonCodeOf('disconnect', reasonCode))
        continue;
      reasons.push({ reasonCode, name: reasonCodeName(reasonCode, 'disconnect') });
    }
    return reasons;
  }

  disconnectClient({
    clientId,
    reasonCode,
    serverReference,
  }: Params<'disconnectClient'>): DisconnectClientResult {
    const broker = this.#options.broker();
    if (broker === undefined) return { kind: 'brokerNotRunning' };
    const isTold = broker.session(clientId)?.protocolVersion === 5;
    const message = 'It was disconnected from the workbench.';
    if (!broker.disconnectClient(clientId, reasonCode, message, serverReference))
      return { kind: 'notConnected' };
    return { kind: 'disconnected', isTold };
  }

  cutClient({ clientId }: Params<'cutClient'>): ReturnType<ClientMethods['cutClient']> {
    const broker = this.#options.broker();
    if (broker === undefined) return { kind: 'brokerNotRunning' };
    const isCut = broker.cutConnection(clientId, 'the workbench closed its socket without a word.');
    return { kind: isCut ? 'cut' : 'notConnected' };
  }

  endClientSession({ clientId }: Params<'endClientSession'>): ReturnType<ClientMethods['endClientSession']> {
    const broker = this.#options.broker();
    if (broker === undefined) return { kind: 'brokerNotRunning' };
    const message = 'Its session was ended from the workbench.';
    const isEnded = broker.endSession(clientId, ReasonCode.administrativeAction, message);
    return { kind: isEnded ? 'ended' : 'noSession' };
  }

  listWarnings(): readonly ClientWarning[] {
    const { warnings } = this.#options.model;
    const all = [...warnings.clientIds()].flatMap((clientId) => warnings.of(clientId));
    return all.sort((a, b) => a.atMs - b.atMs);
  }

  /** Those with a session, then those that are remembered without one. */
  *#all(): Iterable<ClientInfo> {
    const broker = this.#options.broker();
    if (broker === undefined) return;
    const { clients } = this.#options.model;
    for (const brief of broker.sessionBriefs()) yield this.#infoOf(brief, clients.lastOf(brief.clientId));
    for (const last of clients.ended())
      if (!broker.hasSession(last.clientId) && this.#isOfInterest(last)) yield this.#goneInfoOf(last);
  }

  /** Not where a client came once and left as it should, as each mosquitto_pub does under an id of its own. */
  #isOfInterest({ clientId, end, times }: LastConnection): boolean {
    if (times > 1 || this.#options.model.warnings.of(clientId).length > 0) return true;
    return end.kind !== 'clientDisconnected' || end.reasonCode !== ReasonCode.normalDisconnection;
  }

  #infoOf(
    { clientId, connected, connection, protocolVersion, username }: SessionBrief,
    last: LastConnection | undefined,
  ): ClientInfo {
    const { remoteAddress, transportKind } = connection ?? last ?? {};
    return {
      ...this.#common(clientId, last),
      state: connected ? 'connected' : 'stored',
      protocolVersion,
      ...(remoteAddress !== undefined && { remoteAddress }),
      ...(transportKind !== undefined && { transportKind }),
      ...(username !== undefined && { username }),
      ...(connection !== undefined && { connectedAtMs: connection.connectedAtMs }),
    };
  }

  #goneInfoOf(last: LastConnection): ClientInfo {
    const { clientId, remoteAddress, transportKind, protocolVersion, username } = last;
    return {
      ...this.#common(clientId, last),
      state: 'gone',
      ...{ remoteAddress, transportKind },
      ...(protocolVersion !== undefined && { protocolVersion }),
      ...(username !== undefined && { username }),
    };
  }

  #common(
    clientId: string,
    last: LastConnection | undefined,
  ): Pick<ClientInfo, 'clientId' | 'isWorkbench' | 'last' | 'warnings'> {
    const { model, workbenchClientId } = this.#options;
    return {
      clientId,
      isWorkbench: clientId === workbenchClientId(),
      ...(last !== undefined && {
        last: { remoteAddress: last.remoteAddress, endedAtMs: last.endedAtMs, end: last.end },
      }),
      warnings: model.warnings.of(clientId).length,
    };
  }

  #detailOf(clientId: string): ClientDetail | undefined {
    const { clock, model } = this.#options;
    const broker = this.#options.broker();
    if (broker === undefined) return undefined;
    const found = model.warnings.of(clientId);
    const session = broker.session(clientId);
    const last = model.clients.lastOf(clientId);
    if (session !== undefined)
      return {
        ...this.#infoOf(session, last),
        session: clientSessionOf(session, clock.nowMs()),
        found,
      };
    return last && { ...this.#goneInfoOf(last), found };
  }
}

function byInterest(a: ClientInfo, b: ClientInfo): number {
  return (
    Number(b.warnings > 0) - Number(a.warnings > 0) ||
    Number(a.isWorkbench) - Number(b.isWorkbench) ||
    collator.compare(a.clientId, b.clientId) ||
    // Names that look alike to the collator still need one order.
    (a.clientId < b.clientId ? -1 : 1)
  );
}
