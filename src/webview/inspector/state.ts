/**
 * What the Inspector shows, and how it changes. A pure reducer: no DOM, no words. Which message it is, the extension
 * says; a step to another one is asked for.
 */
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
  isBrokerRunning: boolean;
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
    isBrokerRunning: true,
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
      const { id } = message.message.summary;
      return {
        ...state,
        inspected: message.message,
        shown: reduceShown(state.shown, { kind: 'wanted', id }),
      };
    }
    case 'engineLost':
      return { ...state, shown: loseEngine(state.shown) };
    case 'brokerState':
      return { ...state, isBrokerRunning: message.running };
    default:
      return { ...state, shown: receiveShown(state.shown, message) };
  }
}
