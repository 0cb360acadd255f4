/**
 * The message panel under a person's hands: it follows, it holds still when asked or looked at, and it can be used by
 * keyboard and by ear.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { startBroker, waitForClipboard } from './story.ts';

const skip = skipUnless('chromium');
const topic = 'oven/temperature';

describe('the message panel', { skip }, () => {
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': 0 } });
  let oven: RawClient;
  let panel: FrameLocator;

  test('a topic opened in the tree shows its messages, newest last, and the newest is selected', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    oven = await RawClient.overTcp(await startBroker(workbench), 5);
    await oven.connect({ clientId: 'oven' });
    await send('{"celsius":180}', '{"celsius":181}', '{"celsius":182}');
    const topics = workbench.pane('Topics');
    await topics.row('oven').expand();
    await topics.row('temperature').click();
    panel = await workbench.webview(topic);
    await panel.getByRole('option').nth(2).waitFor();
    await selected('"celsius":182');
    await waitForText(panel.getByRole('status'), 'Following');
  });

  test('it follows what comes', async () => {
    await send('{"celsius":183}');
    await selected('"celsius":183');
    await waitForText(panel.getByRole('tabpanel'), '"celsius": 183');
  });

  test('Space holds it still, what comes is counted, and Space again shows it', async () => {
    const list = panel.getByRole('listbox', { name: 'Messages, newest last' });
    await list.focus();
    await list.press(' ');
    await waitForText(panel.getByRole('status'), 'Paused');
    await send('{"celsius":184}', '{"celsius":185}');
    await panel.getByRole('button', { name: '2 new messages' }).waitFor();
    await selected('"celsius":183');
    assert.equal(await panel.getByRole('option').count(), 4);
    await list.press(' ');
    await selected('"celsius":185');
    await waitForText(panel.getByRole('status'), 'Following');
    assert.equal(await panel.getByRole('option').count(), 6);
  });

  test('looking at an older message by the arrow keys holds it too, until the new ones are asked for', async () => {
    const list = panel.getByRole('listbox');
    await list.press('ArrowUp');
    await list.press('ArrowUp');
    await selected('"celsius":183');
    await waitForText(panel.getByRole('tabpanel'), '"celsius": 183');
    await waitForText(panel.getByRole('status'), 'Holding');
    await send('{"celsius":186}');
    await panel.getByRole('button', { name: '1 new message' }).click();
    await selected('"celsius":186');
    await waitForText(panel.getByRole('status'), 'Following');
    await list.press('Home');
    await selected('"celsius":180');
    await list.press('End');
    await selected('"celsius":186');
  });

  test('scrolling back holds it still', async () => {
    await send(...Array.from({ length: 60 }, (_, i) => `{"celsius":${200 + i}}`));
    await selected('"celsius":259');
    await panel.getByRole('listbox').hover();
    await window.workbench.page.mouse.wheel(0, -300);
    await waitForText(panel.getByRole('status'), 'Holding');
    await send('{"celsius":300}');
    await panel.getByRole('button', { name: '1 new message' }).click();
    await selected('"celsius":300');
  });

  test('the tabs of the payload are walked by arrow keys', async () => {
    await panel.getByRole('tab', { name: 'JSON' }).press('ArrowRight');
    await panel.getByRole('tab', { name: 'Hex', selected: true }).waitFor();
    await waitForText(panel.getByRole('tabpanel'), '7b 22 63 65 6c 73');
    await panel.getByRole('tab', { name: 'Hex' }).press('ArrowLeft');
    await panel.getByRole('tab', { name: 'JSON', selected: true }).waitFor();
  });

  test('Copy Payload and Ctrl+C in the list copy what the device sent', async () => {
    const { workbench } = window;
    await panel.getByRole('button', { name: 'Copy Payload' }).click();
    await waitForClipboard(workbench, '{"celsius":300}');
    await panel.getByRole('listbox').press('ArrowUp');
    await panel.getByRole('listbox').press('Control+c');
    await waitForClipboard(workbench, '{"celsius":259}');
    await panel.getByRole('listbox').press('End');
  });

  test('every control has a name, in an order that follows the eye', async () => {
    await panel.getByRole('button', { name: 'Copy Topic' }).first().focus();
    const names: string[] = [];
    for (let i = 0; i < 13; i++) {
      names.push(await panel.locator(':focus').evaluate(accessibleName));
      await window.workbench.page.keyboard.press('Tab');
    }
    assert.deepEqual(names, [
      'Copy Topic',
      'Publish to This Topic…',
      'Pause',
      'Messages, newest last',
      'Size of the message list',
      'Copy Payload',
      'Open in Editor',
      'Publish Again',
      'Details',
      'Details',
      'Copy Topic',
      'JSON',
      'Payload',
    ]);
  });

  test('Open in Editor shows the payload as JSON', async () => {
    const { workbench } = window;
    await panel.getByRole('button', { name: 'Open in Editor' }).click();
    const language = workbench.page.locator('.statusbar-item', { hasText: /^JSON$/ });
    await language.waitFor();
    assert.equal(await workbench.editorText(), '{"celsius":300}');
  });

  test('it lists the last 100 messages, and says how many there were and how many are no longer held', async () => {
    const { workbench } = window;
    await workbench.tab(topic).click();
    await send(...Array.from({ length: 150 }, (_, i) => `{"celsius":${400 + i}}`));
    panel = await workbench.webview(topic);
    await selected('"celsius":549');
    await waitForText(panel.getByRole('main'), /218 messages.*100 shown.*118 dropped/);
    const newest = panel.getByRole('option', { selected: true });
    assert.equal(await newest.getAttribute('aria-setsize'), '100');
    assert.equal(await newest.getAttribute('aria-posinset'), '100');
  });

  async function send(...payloads: readonly string[]): Promise<void> {
    for (const payload of payloads) oven.sendPublish(topic, payload);
    await oven.ping();
  }

  /** Waits until the selected message is this one. */
  async function selected(preview: string): Promise<void> {
    await panel.getByRole('option', { name: preview, selected: true }).waitFor();
  }
});

/** Of the page's types only this much is known here. */
interface NamedElement {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
}

/** As a screen reader takes it, for the elements that this panel has. Runs in the page. */
function accessibleName(element: NamedElement): string {
  return element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '';
}
