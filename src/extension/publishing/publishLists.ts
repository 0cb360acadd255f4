/** The lists of the publish form: each draft by what it is known by. Pure. */
import type { HistoryItem, PublishDraft, SavedItem } from '../../contracts/publishForm.ts';
import type { PublishedEntry } from './publishHistory.ts';
import type { PlacedMessage } from './savedStore.ts';

const MAX_PREVIEW_CHARACTERS = 120;
const MAX_TOPIC_CHARACTERS = 300;

export function historyItemOf({ id, atMs, times, isCut, draft }: PublishedEntry): HistoryItem {
  return { id, atMs, times, isCut, ...summaryOf(draft) };
}

export function savedItemOf({ name, place, draft }: PlacedMessage): SavedItem {
  return { name, place, ...summaryOf(draft) };
}

function summaryOf({ connectionName = '', topic, qos, retain, payloadText }: PublishDraft) {
  return {
    connectionName,
    topic: topic.slice(0, MAX_TOPIC_CHARACTERS),
    ...{ qos, retain },
    preview: payloadText
      .slice(0, MAX_PREVIEW_CHARACTERS * 4)
      .replace(/\s+/g, ' ')
      .slice(0, MAX_PREVIEW_CHARACTERS),
  };
}
