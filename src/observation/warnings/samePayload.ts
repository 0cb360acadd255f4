/**
 * The same payload again and again, at a rate that says nothing new.
 *
 * Looks back through the log at each tick, at the few topics of which most comes: a message costs nothing when it comes.
 * A heartbeat is slower than this.
 */
import { busiestTopics } from '../../model/busiestTopics.ts';
import type { LoggedMessage } from '../../model/loggedMessage.ts';
import { BROKER_ORIGIN, type MessageLog } from '../../model/messageLog.ts';
import type { Model } from '../../model/model.ts';
import { topicOf } from '../../model/topicNode.ts';
import type { RuleContext, WarningRule } from './warningRule.ts';

/** Messages in a row, and how long they may have taken: twice a second or more. */
const ENOUGH_MESSAGES = 30;
const WINDOW_MS = 15_000;
const MAX_TOPICS = 10;
/** Rows of the log looked at for one tick. */
const MAX_LOOKED_AT = 20_000;

export function samePayloadRule({ warn }: RuleContext, model: Model): WarningRule {
  return {
    tick: (look) => {
      const { topics } = busiestTopics(model.topics.activeNodes, { limit: MAX_TOPICS, by: 'messages' });
      const wanted = new Map(topics.map((node) => [topicOf(node), new Run()]));
      if (wanted.size === 0) return;
      let open = wanted.size;
      for (const message of newestFirst(model.log)) {
        const run = wanted.get(message.topic);
        if (run === undefined || run.isOver) continue;
        run.add(message);
        if (run.isOver) open--;
        if (open === 0) break;
      }
      for (const [topic, { publisher, messages, spanMs, payloadBytes }] of wanted) {
        if (publisher === undefined || messages < ENOUGH_MESSAGES || spanMs > WINDOW_MS) continue;
        // What was held back comes in one burst, and what is doubled twice as often.
        if (look.faultOf(publisher) !== undefined) continue;
        warn(publisher, { kind: 'samePayload', topic, messages, spanMs, payloadBytes });
      }
    },
  };
}

/** From the newest message of a topic back, as long as they are the same. */
class Run {
  publisher: string | undefined;
  messages = 0;
  spanMs = 0;
  payloadBytes = 0;
  #payload: Uint8Array | undefined;
  #newestAtMs = 0;
  /** One is not the same, or there are enough. */
  isOver = false;

  add({ payload, publisher, receivedAtMs, isWhole }: LoggedMessage): void {
    if (this.#payload === undefined) {
      this.#payload = payload;
      this.publisher = publisher;
      this.payloadBytes = payload.length;
      this.#newestAtMs = receivedAtMs;
    }
    // Of one that is not held whole, nobody knows.
    this.isOver = !isWhole || publisher !== this.publisher || Buffer.compare(payload, this.#payload) !== 0;
    if (this.isOver) return;
    this.messages++;
    this.spanMs = this.#newestAtMs - receivedAtMs;
    this.isOver = this.messages === ENOUGH_MESSAGES;
  }
}

function* newestFirst(log: MessageLog): Iterable<LoggedMessage> {
  const first = Math.max(log.firstId, log.nextId - MAX_LOOKED_AT);
  for (let id = log.nextId - 1; id >= first; id--) {
    const message = log.message(id);
    if (message?.origin === BROKER_ORIGIN) yield message;
  }
}
