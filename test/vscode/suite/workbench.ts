/**
 * What the tests inside VS Code stand on: the activated extension, its settings, and clients that are not ours.
 *
 * Nothing waits for time: a state is awaited by the event that brings it.
 */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { ConfigurationTarget, commands, extensions, workspace } from 'vscode';
import type { Disposable } from '../../../src/base/disposable.ts';
import type { Event } from '../../../src/base/event.ts';
import type { BrokerState } from '../../../src/contracts/engine.ts';
import { type CommandId, commandIds, type settingKeys } from '../../../src/contracts/manifest.ts';
import { mainListener } from '../../../src/extension/brokerAddress.ts';
import type { UserQuestions } from '../../../src/extension/questions/userQuestions.ts';
import type { TestApi } from '../../../src/extension/testApi.ts';

export type SettingKey = (typeof settingKeys)[keyof typeof settingKeys];

export async function activate(): Promise<TestApi> {
  const extension = extensions.getExtension<TestApi>('mqtt-workbench.mqtt-workbench');
  if (extension === undefined) throw new Error('the extension is not installed');
  return extension.activate();
}

export async function run(id: CommandId, argument?: unknown): Promise<void> {
  await commands.executeCommand(id, argument);
}

/** In the person's own settings. Undefined removes it. */
export async function set(key: SettingKey, value: unknown): Promise<void> {
  await workspace.getConfiguration('mqttWorkbench').update(key, value, ConfigurationTarget.Global);
}

/** Starts the broker on a free port; returns the port. */
export async function startBroker({ services }: TestApi): Promise<number> {
  await run(commandIds.startBroker);
  return portOf(services.broker.state);
}

export function portOf(state: BrokerState): number {
  const port = mainListener(state)?.port;
  if (port === undefined) throw new Error(`the broker is ${state.kind}`);
  return port;
}

/** The address that it is bound to; undefined while it does not run. */
export function hostOf(state: BrokerState): string | undefined {
  return mainListener(state)?.host;
}

/** Resolves when something listens there, rejects when nothing does. */
export async function connectTo(port: number, host = '127.0.0.1'): Promise<void> {
  const socket = createConnection({ port, host });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

/** The first value that fits, from now on. */
export function next<T>(event: Event<T>, fits: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const listener: Disposable = event((value) => {
      if (!fits(value)) return;
      listener.dispose();
      resolve(value);
    });
  });
}

export interface Said {
  message: string;
  buttons: readonly string[];
}

/**
 * Answers notifications: with the button that `press` names for a message, or with none. Resolves `said` with the
 * first message that contains the text.
 */
export class Listener {
  readonly #said: Said[] = [];
  readonly #waiting: { text: string; resolve: (said: Said) => void }[] = [];

  constructor(api: TestApi, press: Record<string, string> = {}, answers: Partial<UserQuestions> = {}) {
    api.answerWith({
      say: async (_severity, message, ...buttons) => {
        const said = { message, buttons };
        this.#said.push(said);
        // For whoever reads why a test failed.
        console.log(`said: ${message}`);
        for (const { text, resolve } of this.#waiting) if (message.includes(text)) resolve(said);
        return Object.entries(press).find(([text]) => message.includes(text))?.[1];
      },
      confirm: () => {},
      ...answers,
    });
  }

  said(text: string): Promise<Said> {
    const already = this.#said.find(({ message }) => message.includes(text));
    if (already) return Promise.resolve(already);
    return new Promise((resolve) => this.#waiting.push({ text, resolve }));
  }
}
