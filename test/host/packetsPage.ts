/** The Packets view in the panel area: what a person sees in its page. */
import type { FrameLocator, Locator } from 'playwright-core';
import { waitForText } from './locators.ts';
import type { Workbench } from './workbench.ts';

export class PacketsPage {
  readonly frame: FrameLocator;
  readonly main: Locator;
  readonly list: Locator;
  readonly kinds: Locator;
  readonly topicFilter: Locator;
  readonly client: Locator;
  readonly errorsOnly: Locator;
  readonly flow: Locator;
  /** Of the opened packet. */
  readonly pane: Locator;
  readonly bytes: Locator;
  readonly fields: Locator;
  /** Of a request and what answers it. */
  readonly exchange: Locator;
  /** Of a message. */
  readonly conversation: Locator;

  constructor(frame: FrameLocator) {
    this.frame = frame;
    this.main = frame.getByRole('main');
    this.list = frame.getByRole('listbox', { name: 'Packets, newest last' });
    this.kinds = frame.getByRole('combobox', { name: 'Packet types' });
    this.topicFilter = frame.getByRole('combobox', { name: 'Topic filter' });
    this.client = frame.getByRole('combobox', { name: 'Client', exact: true });
    this.errorsOnly = frame.getByRole('button', { name: 'Errors Only' });
    this.flow = frame.locator('#flow-state');
    this.pane = frame.getByRole('region', { name: 'Selected packet' });
    this.bytes = frame.getByRole('grid', { name: 'Bytes' });
    this.fields = frame.getByRole('tree', { name: 'Fields' });
    this.exchange = frame.getByRole('list', { name: 'Exchange' });
    this.conversation = frame.getByRole('list', { name: 'Conversation' });
  }

  /** Waits until the view is in sight. */
  static async in(workbench: Workbench): Promise<PacketsPage> {
    return new PacketsPage(await workbench.webview('Packets'));
  }

  /** The row that contains this in its name, as a screen reader has it. */
  row(name: string | RegExp): Locator {
    return this.list.getByRole('option', { name });
  }

  /** Waits until the selected packet is this one. */
  async waitForSelected(name: string | RegExp): Promise<void> {
    await this.list.getByRole('option', { name, selected: true }).waitFor();
  }

  /** Waits until this is among the counts above the list. */
  async waitForCount(words: string | RegExp): Promise<void> {
    await waitForText(this.frame.locator('.panel-counts .count'), words);
  }

  /** The field whose name, value and meaning contain this. */
  field(name: string | RegExp): Locator {
    return this.fields.getByRole('treeitem', { name });
  }

  async waitForMarkedField(name: string | RegExp): Promise<void> {
    await this.fields.getByRole('treeitem', { name, selected: true }).first().waitFor();
  }

  /** The bytes that are marked, as they are shown. */
  async markedBytes(): Promise<string> {
    return (await this.bytes.getByRole('gridcell', { selected: true }).allInnerTexts()).join(' ');
  }
}
