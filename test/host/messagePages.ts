/** The Messages view in the panel area, and the Inspector beside the editor: what a person sees in their pages. */

import type { FrameLocator, Locator } from 'playwright-core';
import { exactly, quoted, waitForText } from './locators.ts';
import type { Workbench } from './workbench.ts';

export class MessagesPage {
  readonly frame: FrameLocator;
  readonly main: Locator;
  readonly list: Locator;
  readonly topicFilter: Locator;
  readonly client: Locator;
  readonly text: Locator;
  readonly time: Locator;
  /** `Following`, `Holding` or `Paused`. */
  readonly flow: Locator;
  readonly message: MessageParts;

  constructor(frame: FrameLocator) {
    this.frame = frame;
    this.main = frame.getByRole('main');
    this.list = frame.getByRole('listbox', { name: 'Messages, newest last' });
    this.topicFilter = frame.getByRole('combobox', { name: 'Topic filter' });
    this.client = frame.getByRole('combobox', { name: 'Publishing client' });
    this.text = frame.getByRole('searchbox', { name: 'Search topics and payloads' });
    this.time = frame.getByRole('textbox', { name: 'Go to time' });
    this.flow = frame.locator('#flow-state');
    this.message = new MessageParts(frame);
  }

  /** Waits until the view is in sight. */
  static async in(workbench: Workbench): Promise<MessagesPage> {
    return new MessagesPage(await workbench.webview('Messages'));
  }

  /** As `in`, and until it is about this topic, or this topic filter. */
  static async about(workbench: Workbench, topicFilter: string): Promise<MessagesPage> {
    const page = await MessagesPage.in(workbench);
    await page.frame.getByRole('main', { name: `Messages on ${topicFilter}`, exact: true }).waitFor();
    return page;
  }

  /** As `in`, and until it is about what this subscription of the workbench was delivered. */
  static async ofSubscription(workbench: Workbench, topicFilter: string): Promise<MessagesPage> {
    const page = await MessagesPage.in(workbench);
    await page.frame.getByRole('main', { name: `Messages of the subscription ${topicFilter}` }).waitFor();
    return page;
  }

  /** The row that contains this in its name, as a screen reader has it. */
  row(name: string | RegExp): Locator {
    return this.list.getByRole('option', { name });
  }

  /** Waits until the selected message is this one. */
  async waitForSelected(name: string | RegExp): Promise<void> {
    await this.list.getByRole('option', { name, selected: true }).waitFor();
  }

  /**
   * Has a message sent, and opens it in the Inspector: it, and not the one before it on its topic, which the list still
   * shows and the Inspector may.
   */
  async inspectSent(workbench: Workbench, topic: string, send: () => Promise<void>): Promise<InspectorPage> {
    const selected = this.list.getByRole('option', { selected: true });
    const hasMessages = (await selected.count()) > 0;
    if (hasMessages) {
      // From here on the newest is selected, and not one that was looked at.
      await this.list.press('End');
      await waitForText(this.flow, 'Following');
    }
    const before = hasMessages ? await selected.getAttribute('id') : null;
    await send();
    await this.list.press('End');
    const sent = selected
      .and(this.row(new RegExp(topic)))
      .and(this.frame.locator(`:not([id=${quoted(before ?? '')}])`));
    const time = await sent.locator('.row-time').innerText();
    await this.list.press('Enter');
    const inspector = await InspectorPage.in(workbench, topic);
    await inspector.message.region.getByRole('heading', { name: time }).waitFor();
    return inspector;
  }

  /** Waits until this is among the counts above the list. */
  async waitForCount(words: string | RegExp): Promise<void> {
    await waitForText(this.frame.locator('.panel-counts'), words);
  }
}

export class InspectorPage {
  readonly frame: FrameLocator;
  readonly main: Locator;
  readonly heading: Locator;
  readonly follow: Locator;
  readonly message: MessageParts;

  constructor(frame: FrameLocator) {
    this.frame = frame;
    this.main = frame.getByRole('main');
    this.heading = frame.getByRole('heading', { level: 1 });
    this.follow = frame.getByRole('button', { name: 'Follow Topic' });
    this.message = new MessageParts(frame);
  }

  /** Waits until it is in sight, with this title. */
  static async in(workbench: Workbench, title: string): Promise<InspectorPage> {
    await workbench.tab(title).waitFor();
    return new InspectorPage(await workbench.webview(title));
  }
}

/** One message in full, in either page. */
export class MessageParts {
  readonly region: Locator;
  readonly payload: Locator;
  readonly decoder: Locator;
  readonly #frame: FrameLocator;

  constructor(frame: FrameLocator) {
    this.#frame = frame;
    this.region = frame.getByRole('region', { name: 'Selected message' });
    this.payload = frame.getByRole('tabpanel');
    this.decoder = frame.getByRole('combobox', { name: 'Decoder' });
  }

  tab(name: string): Locator {
    return this.#frame.getByRole('tab', { name });
  }

  button(name: string): Locator {
    return this.region.getByRole('button', { name });
  }

  /** What is said of the message under this name. */
  fact(name: string): Locator {
    const term = this.region.locator('dt', { hasText: exactly(name) });
    return term.locator('xpath=following-sibling::dd');
  }

  /** Unfolds what is known of the message besides its payload. */
  async openDetails(): Promise<void> {
    const details = this.region.locator('details');
    if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
    await this.region.locator('details[open]').waitFor();
  }
}
