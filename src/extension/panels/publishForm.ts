/**
 * The publish form, loaded when it is first opened: most windows never open it.
 *
 * Knows how to open it and how to end it; all that it is, is in publishPanel.ts.
 */
import type { Disposable } from '../../base/disposable.ts';
import type { MessageId } from '../../contracts/messages.ts';
import type { PublishDraft } from '../../contracts/publishForm.ts';
import type { PublishPanel, PublishPanelOptions } from './publishPanel.ts';

export class PublishForm implements Disposable {
  readonly #options: PublishPanelOptions;
  #loading: Promise<PublishPanel> | undefined;
  #isDisposed = false;

  constructor(options: PublishPanelOptions) {
    this.#options = options;
  }

  /** With the draft as it was, and `seed` over it. An empty connection name is the local broker. */
  async open(seed: Partial<PublishDraft> = {}): Promise<void> {
    await (await this.#panel()).open(seed);
  }

  /** With a message as it came, to be changed and sent again. */
  async openWith(topic: string, id: MessageId | undefined): Promise<void> {
    await (await this.#panel()).openWith(topic, id);
  }

  dispose(): void {
    this.#isDisposed = true;
    void this.#loading?.then((panel) => panel.dispose());
  }

  #panel(): Promise<PublishPanel> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<PublishPanel> {
    const { PublishPanel } = await import('../publishing/publishTools.ts');
    const panel = new PublishPanel(this.#options);
    if (this.#isDisposed) panel.dispose();
    return panel;
  }
}
