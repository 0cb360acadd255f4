/**
 * The stores together, and the one rule between them: a topic that the tree forgets takes its messages with it.
 *
 * Takes what happened (src/observation tells it), answers what is known (src/engine asks). Nothing in it waits, and
 * nothing in it knows a broker, a client or a view.
 */
import { Clients } from './clients.ts';
import { MessageHistory } from './messageHistory.ts';
import { MessageWatches } from './messageWatches.ts';
import type { IncomingMessage } from './storedMessage.ts';
import { TopicStore } from './topicStore.ts';

export interface ModelOptions {
  /** What the messages kept for the views may cost together, bytes. */
  historyBytes: number;
  /** What the topic tree may cost, bytes, by its own estimate. */
  treeBytes?: number;
}

export class Model {
  readonly history: MessageHistory;
  readonly topics: TopicStore;
  readonly watches: MessageWatches;
  readonly clients = new Clients();

  constructor(options: ModelOptions) {
    this.history = new MessageHistory(options.historyBytes);
    this.topics = new TopicStore(options.treeBytes);
    this.watches = new MessageWatches(this.history);
    this.topics.onDidForgetTopic((topic) => this.history.forget('topic', topic));
  }

  /** HOT PATH. A message on a topic of the local broker. */
  messagePublished(topic: string, message: IncomingMessage): void {
    const source = this.history.topic(topic);
    // The source's own string from here on: a topic of 65,535 bytes is kept once, not once a message.
    this.topics.messageArrived(source.name, this.history.append(source, source.name, message));
  }

  /** HOT PATH. A message that the workbench's subscription to the filter was delivered. */
  messageDelivered(topicFilter: string, topic: string, message: IncomingMessage): void {
    this.history.append(this.history.subscription(topicFilter), topic, message);
  }

  /** Forgets every topic and message. What the broker holds (clients, retained marks) stays known. */
  clear(): void {
    this.topics.clear();
    this.history.clear();
  }
}
