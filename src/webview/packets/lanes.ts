/** The way of a message as a picture: a column for each client and one for the broker, a row for each packet. Pure. */
import type {
  ConversationLane,
  ConversationStep,
  PacketConversation,
  PacketDetail,
} from '../../contracts/trace.ts';

export interface LanePicture {
  /** From the left; undefined for the broker, who is right of the publisher and left of the others. */
  readonly columns: readonly (ConversationLane | undefined)[];
  readonly rows: readonly LaneRow[];
  /** What the engine left out. */
  readonly moreLanes: number;
  readonly moreSteps: number;
  readonly nearestAlike: number | undefined;
}

export interface LaneRow {
  readonly step: ConversationStep;
  readonly client: ConversationLane;
  /** Columns. The packet goes from the one to the other. */
  readonly from: number;
  readonly to: number;
}

/** How the arrow of a row is drawn: from the middle of its leftmost column over so many, with its head at one of the ends. */
export function arrowOf({ from, to }: LaneRow): { start: number; span: number; head: 'right' | 'left' } {
  return { start: Math.min(from, to), span: Math.abs(to - from), head: from < to ? 'right' : 'left' };
}

/** A packet of a message, whose way can be drawn. */
export function isOfMessage({ kind, fault }: PacketDetail): boolean {
  const ofMessages = ['publish', 'puback', 'pubrec', 'pubrel', 'pubcomp'] as const;
  return fault === undefined && ofMessages.some((each) => each === kind);
}

/** @param conversation the last that came: until that of the packet is there, its own exchange is drawn. */
export function lanePictureOf(
  detail: PacketDetail,
  conversation: PacketConversation | undefined,
): LanePicture {
  const { hasPublisher, lanes, steps, moreLanes, moreSteps, nearestAlike } = conversationWith(
    detail,
    conversation,
  );
  const broker = hasPublisher ? 1 : 0;
  const columns = [...lanes.slice(0, broker), undefined, ...lanes.slice(broker)];
  const rows = steps.flatMap((step): LaneRow[] => {
    const client = lanes[step.lane];
    if (client === undefined) return [];
    const column = step.lane < broker ? step.lane : step.lane + 1;
    const [from, to] = step.direction === 'in' ? [column, broker] : [broker, column];
    return [{ step, client, from, to }];
  });
  return { columns, rows, moreLanes, moreSteps, nearestAlike };
}

/** The exchange may know of answers that the conversation has no room for. */
function conversationWith(
  { id, clientId, remoteAddress, exchange }: PacketDetail,
  conversation: PacketConversation | undefined,
): PacketConversation {
  const own = conversation?.steps.find((step) => step.id === id);
  if (conversation === undefined || own === undefined)
    return {
      hasPublisher: exchange[0]?.direction === 'in',
      lanes: [{ ...(clientId !== undefined && { clientId }), remoteAddress }],
      moreLanes: 0,
      steps: exchange.map((step) => ({ ...step, lane: 0 })),
      moreSteps: 0,
    };
  const known = new Set(conversation.steps.map((step) => step.id));
  const late = exchange.filter((step) => !known.has(step.id)).map((step) => ({ ...step, lane: own.lane }));
  if (late.length === 0) return conversation;
  return { ...conversation, steps: [...conversation.steps, ...late].sort((a, b) => a.id - b.id) };
}
