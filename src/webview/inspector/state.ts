/**
 * What the Inspector shows, and how it changes. A pure reducer: no DOM, no words. Which message it is, the extension
 * says; a step to another one is asked for.
 */
import type { BrokerStateKind } from '../../contracts/engine.ts';
import type { ExtensionToInspector, InspectedMessage } from '../../contracts/messagePages.ts';
import { defaultMessageChoices, type MessageChoices } from '../message/messageChoices.ts';
import {
  loseEngine,
  nothingShown,
  receiveShown,
  reduceShown,
  type ShownAction,
  type ShownMessage,
} from '../message/shownMessage.ts';

export interface InspectorState {
  /** Undefined until the extension has answered. */
  inspected: InspectedMessage | undefined;
  shown: ShownMessage;
  broker: BrokerStateKind;
  choices: MessageChoices;
}

export type InspectorAction =
  | { kind: 'received'; message: ExtensionToInspector }
  | { kind: 'choicesChanged'; choices: Partial<MessageChoices> }
  | { kind: 'shown'; action: ShownAction };

export function initialState(choices: Partial<MessageChoices> = {}): InspectorState {
  return {
    inspected: undefined,
    shown: nothingShown,
    broker: 'running',
    choices: { ...defaultMessageChoices, ...choices },
  };
}

export function reduce(state: InspectorState, action: InspectorAction): InspectorState {
  switch (action.kind) {
    case 'received':
      return received(state, action.message);
    case 'choicesChanged':
      return { ...state, choices: { ...state.choices, ...action.choices } };
    case 'shown':
      return { ...state, shown: reduceShown(state.shown, action.action) };
  }
}

function received(state: InspectorState, message: ExtensionToInspector): InspectorState {
  switch (message.kind) {
    case 'inspected': {
      const { summary, isGone } = message.message;
      // Back again under the same id: it is another message, of another engine.
      const isOther = state.inspected?.isGone === true && !isGone;
      const before = isOther ? reduceShown(state.shown, { kind: 'wanted', id: undefined }) : state.shown;
      const shown = reduceShown(before, { kind: 'wanted', id: summary.id });
      return { ...state, inspected: message.message, shown: isGone ? loseEngine(shown) : shown };
    }
    case 'brokerState':
      return { ...state, broker: message.broker };
    default:
      return { ...state, shown: receiveShown(state.shown, message) };
  }
}
