/**
 * One message among others: of a view of the engine's messages, the one that is shown, what is before and after it, and
 * the way to them; or always the newest of its topic, which a recording has not.
 *
 * Holds summaries, never payloads. One request is under way at a time, so that a flood costs as much as the engine's ten
 * events a second. Knows nothing of VS Code.
 */
import type { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { connectionOf, type OtherConnectionKind } from '../../contracts/connections.ts';
import type { InspectedMessage } from '../../contracts/messagePages.ts';
import type { MessageId, MessageQuery, MessageSummary } from '../../contracts/messages.ts';
import type { InBackground } from '../background.ts';
import type { EngineClient } from '../engineClient.ts';
import { followMessages, type MessagesFollower } from './viewFollower.ts';

/** `step`: to a neighbour of the one that is shown. */
type Wanted = { kind: 'newest' } | { kind: 'shown'; step: -1 | 0 | 1 };

export class MessageCursor implements Disposable {
  readonly #engine: EngineClient;
  readonly #inBackground: InBackground;
  readonly #follower: MessagesFollower;
  readonly #onDied: Disposable;
  readonly #changed = new Emitter<InspectedMessage>();
  /** What is stepped through. */
  #query: MessageQuery | undefined;
  #wanted: Wanted = { kind: 'shown', step: 0 };
  #inspected: InspectedMessage | undefined;
  /** Counts up with each message that is opened: what was asked for another is too late. */
  #opened = 0;
  #isLocating = false;
  #isDirty = false;

  /** Another message is shown, or its neighbours came or went. */
  readonly onDidChange: Event<InspectedMessage> = this.#changed.event;

  constructor(engine: EngineClient, inBackground: InBackground) {
    this.#engine = engine;
    this.#inBackground = inBackground;
    this.#follower = followMessages(engine, inBackground);
    this.#follower.onDidChange(() => inBackground(this.#locate()));
    this.#onDied = engine.onDied(() => this.#lose());
  }

  get inspected(): InspectedMessage | undefined {
    return this.#inspected;
  }

  /**
   * Shows a message, among those of the query. False when it is no longer held.
   */
  async open(id: MessageId, query: MessageQuery): Promise<boolean> {
    const opened = ++this.#opened;
    const detail = await this.#engine.callIfRunning('message', { id, maxPayloadBytes: 0 });
    if (detail === undefined) return false;
    if (opened !== this.#opened) return true;
    const { payload: _none, truncated: _cut, properties: _later, connectionKind, ...summary } = detail;
    this.#wanted = { kind: 'shown', step: 0 };
    this.#show({ summary, ...kindOf({ connectionKind }), hasNext: false, isFollowing: false, isGone: false });
    this.#query = query;
    await this.#follower.open(query);
    return true;
  }

  step(by: -1 | 1): void {
    this.#wanted = { kind: 'shown', step: by };
    this.#inBackground(this.#locate());
  }

  /** Shows the newest message of the topic whenever one comes, except of a recording; or steps through the query's again. */
  async follow(isOn: boolean): Promise<void> {
    if (this.#inspected === undefined) return;
    // What was recorded has no newer messages.
    if (isOn && this.#inspected.connectionKind === 'recording') return;
    this.#wanted = isOn ? { kind: 'newest' } : { kind: 'shown', step: 0 };
    this.#show({ ...this.#inspected, isFollowing: isOn });
    await this.resume();
  }

  /** Nobody looks: the engine follows nothing for it. */
  pause(): void {
    this.#follower.close();
  }

  async resume(): Promise<void> {
    if (this.#inspected === undefined || this.#isOutOfReach) return;
    const { id, topic } = this.#inspected.summary;
    const ofTopic: MessageQuery = {
      source: { kind: 'broker', connection: connectionOf(id) },
      topicFilter: topic,
    };
    const query = this.#wanted.kind === 'newest' ? ofTopic : (this.#query ?? ofTopic);
    await this.#follower.open(query);
  }

  dispose(): void {
    this.#onDied.dispose();
    this.#follower.dispose();
  }

  /** It is gone with its engine, whose successor may have another message of its id. The newest of its topic can come. */
  get #isOutOfReach(): boolean {
    return this.#inspected?.isGone === true && this.#wanted.kind === 'shown';
  }

  #lose(): void {
    if (this.#inspected === undefined) return;
    const { summary, isFollowing } = this.#inspected;
    this.#show({ summary, ...kindOf(this.#inspected), hasNext: false, isFollowing, isGone: true });
    if (this.#isOutOfReach) this.#follower.close();
  }

  async #locate(): Promise<void> {
    this.#isDirty = true;
    if (this.#isLocating) return;
    this.#isLocating = true;
    try {
      while (this.#isDirty) {
        this.#isDirty = false;
        await this.#locateOnce();
      }
    } finally {
      this.#isLocating = false;
    }
  }

  async #locateOnce(): Promise<void> {
    const view = this.#follower.view;
    const inspected = this.#inspected;
    // Not before all of the history was looked through: places are final then.
    if (view === undefined || view.progress < 1 || view.end === view.first || inspected === undefined) return;
    if (this.#isOutOfReach) return;
    const opened = this.#opened;
    const wanted = this.#wanted;
    const { viewId } = view;
    const { id } = inspected.summary;
    let place = view.end - 1;
    if (wanted.kind === 'shown') {
      const own = await this.#engine.callIfRunning('messagePlace', { viewId, at: { id } });
      if (own === undefined) return;
      place = own + wanted.step;
    }
    const from = Math.max(view.first, place - 1);
    const answer = await this.#engine.callIfRunning('messageRows', { viewId, from, count: 3 });
    // Something else is wanted by now: that is located next.
    if (answer === undefined || opened !== this.#opened || wanted !== this.#wanted) return;
    if (this.#isOutOfReach) return;
    const at = (wantedPlace: number): MessageSummary | undefined => answer.rows[wantedPlace - answer.from];
    const isOwn = wanted.kind === 'shown' && wanted.step === 0;
    // What was shown may be gone, or be none of the query's: then its neighbours are those around its place.
    const isBeside = isOwn && at(place)?.id !== id;
    const summary = isBeside ? inspected.summary : at(place);
    if (wanted.kind === 'shown') this.#wanted = { kind: 'shown', step: 0 };
    // There is nothing that way.
    if (summary === undefined) return;
    const previous = at(place - 1);
    const hasNext = at(isBeside ? place : place + 1) !== undefined;
    this.#show({
      summary,
      ...kindOf(inspected),
      ...(previous !== undefined && { previous }),
      hasNext,
      isFollowing: wanted.kind === 'newest',
      isGone: false,
    });
  }

  #show(message: InspectedMessage): void {
    const before = this.#inspected;
    const isSame =
      before?.summary.id === message.summary.id &&
      before.previous?.id === message.previous?.id &&
      before.hasNext === message.hasNext &&
      before.isFollowing === message.isFollowing &&
      before.isGone === message.isGone;
    this.#inspected = message;
    if (!isSame) this.#changed.fire(message);
  }
}

/** All that is stepped through is of one connection. */
function kindOf({
  connectionKind,
}: {
  connectionKind?: OtherConnectionKind | undefined;
}): Pick<InspectedMessage, 'connectionKind'> {
  return connectionKind === undefined ? {} : { connectionKind };
}
