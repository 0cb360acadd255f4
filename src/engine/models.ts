/** What is known of each connection: of the local broker, and of recordings that were opened. */
import {
  type ConnectionId,
  connectionOf,
  IDS_PER_CONNECTION,
  LOCAL_BROKER,
} from '../contracts/connections.ts';
import { Model } from '../model/model.ts';

export class Models {
  readonly local: Model;
  readonly #byConnection = new Map<ConnectionId, Model>();
  readonly #names = new Map<Model, string>();
  #lastConnection = LOCAL_BROKER;
  #historyBytes: number;

  /** @param historyBytes for the messages of each connection. */
  constructor(historyBytes: number) {
    this.#historyBytes = historyBytes;
    this.local = new Model({ historyBytes });
    this.#byConnection.set(LOCAL_BROKER, this.local);
  }

  /** @param name of the recording, for people. */
  add(name: string): { connection: ConnectionId; model: Model } {
    const connection = ++this.#lastConnection;
    const model = new Model({
      historyBytes: this.#historyBytes,
      idBase: connection * IDS_PER_CONNECTION,
    });
    this.#byConnection.set(connection, model);
    this.#names.set(model, name);
    return { connection, model };
  }

  /** Nothing of it is known any more. */
  remove(connection: ConnectionId): void {
    const model = this.#byConnection.get(connection);
    if (model === undefined) return;
    model.views.dispose();
    this.#byConnection.delete(connection);
    this.#names.delete(model);
  }

  /** Undefined for a connection that is not, or no longer, there. The local broker's unless told. */
  of(connection: ConnectionId = LOCAL_BROKER): Model | undefined {
    return this.#byConnection.get(connection);
  }

  /** Of a node, a message or a view. */
  withId(id: number): Model | undefined {
    return this.#byConnection.get(connectionOf(id));
  }

  /** In the order in which they were opened, with their names. */
  recordings(): Iterable<[Model, string]> {
    return this.#names;
  }

  all(): Iterable<Model> {
    return this.#byConnection.values();
  }

  /** Of each connection. */
  setHistoryBytes(bytes: number): void {
    this.#historyBytes = bytes;
    for (const model of this.all()) model.log.setBudget(bytes);
  }
}
