/** What is known of each connection: of the local broker, of other brokers, and of recordings that were opened. */
import {
  type ConnectionId,
  connectionOf,
  IDS_PER_CONNECTION,
  LOCAL_BROKER,
  type OtherConnectionKind,
} from '../contracts/connections.ts';
import { Model } from '../model/model.ts';
import type { MatchTotal } from '../model/topicFilter.ts';

export interface OtherConnection {
  readonly kind: OtherConnectionKind;
  /** For people. */
  readonly name: string;
}

export class Models {
  readonly local: Model;
  readonly #byConnection = new Map<ConnectionId, Model>();
  readonly #others = new Map<Model, OtherConnection>();
  #lastConnection = LOCAL_BROKER;
  #historyBytes: number;
  /** Of all connections, also those that come later: see `setTopicFilter`. */
  #topicFilter = { text: '', total: { matches: 0 } };

  /** @param historyBytes for the messages of each connection. */
  constructor(historyBytes: number) {
    this.#historyBytes = historyBytes;
    this.local = new Model({ historyBytes });
    this.#byConnection.set(LOCAL_BROKER, this.local);
  }

  add(other: OtherConnection): { connection: ConnectionId; model: Model } {
    const connection = ++this.#lastConnection;
    const model = new Model({
      historyBytes: this.#historyBytes,
      idBase: connection * IDS_PER_CONNECTION,
      // A file is read as fast as it can be.
      hasRates: other.kind !== 'recording',
    });
    const { text, total } = this.#topicFilter;
    model.filterTopics(text, total);
    this.#byConnection.set(connection, model);
    this.#others.set(model, other);
    return { connection, model };
  }

  /** For people. */
  rename(connection: ConnectionId, name: string): void {
    const model = this.#byConnection.get(connection);
    const other = model && this.#others.get(model);
    if (model !== undefined && other !== undefined) this.#others.set(model, { ...other, name });
  }

  /** Nothing of it is known any more. */
  remove(connection: ConnectionId): void {
    const model = this.#byConnection.get(connection);
    if (model === undefined) return;
    model.views.dispose();
    // What matches in it counts no longer, nor what its reader may still hand it.
    model.filterTopics('');
    this.#byConnection.delete(connection);
    this.#others.delete(model);
  }

  /** Undefined for a connection that is not, or no longer, there. The local broker's unless told. */
  of(connection: ConnectionId = LOCAL_BROKER): Model | undefined {
    return this.#byConnection.get(connection);
  }

  /** Of a node, a message or a view. */
  withId(id: number): Model | undefined {
    return this.#byConnection.get(connectionOf(id));
  }

  /** In the order in which they were added. */
  others(): Iterable<[Model, OtherConnection]> {
    return this.#others;
  }

  /** Undefined for the local broker. */
  kindOf(model: Model): OtherConnectionKind | undefined {
    return this.#others.get(model)?.kind;
  }

  all(): Iterable<Model> {
    return this.#byConnection.values();
  }

  /**
   * Shows of every connection the topics that contain the text, or whose newest payload does: see Model.filterTopics.
   *
   * @returns what matches, counted on as connections come and go; another one with each call.
   */
  setTopicFilter(text: string): MatchTotal {
    const total = { matches: 0 };
    this.#topicFilter = { text, total };
    for (const model of this.all()) model.filterTopics(text, total);
    return total;
  }

  /** Of the filter that is set now. */
  get matchTotal(): MatchTotal {
    return this.#topicFilter.total;
  }

  /** Of each connection. */
  setHistoryBytes(bytes: number): void {
    this.#historyBytes = bytes;
    for (const model of this.all()) model.log.setBudget(bytes);
  }
}
