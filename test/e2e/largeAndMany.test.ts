/**
 * What is too large, too long, too many or no text: shown, or cut with a marker, and the window goes on answering. A
 * firmware image of 100 MB is shown in parts, and saved byte for byte. And what looks like markup is text, wherever it
 * comes from.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { MessagesPage } from '../host/messagePages.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, startBroker, subscribe, waitForClipboard } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');

/** Runs when a browser takes it for markup: the window would then say so in a dialog. */
const markup = '<img src=x onerror=alert(1)>';
const longestTopic = `long/${'x'.repeat(65_530)}`;
const IMAGE_BYTES = 100_000_000;
const manyTopics = 10_000;
const rowsPerPage = 200;

describe('large payloads, long topics, many topics, and what looks like markup', { skip }, () => {
  const owner = ownedBySuite();
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': 0 } });
  const image = Buffer.alloc(IMAGE_BYTES, 'the quick brown fox \u0000\u00ff');
  let messages: MessagesPage;
  const dialogs: string[] = [];
  let port = 0;

  test('a broker runs, and the views are open', async () => {
    const { workbench } = window;
    workbench.page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await workbench.openViews('MQTT Workbench');
    port = await startBroker(workbench);
  });

  test('a payload of 10 MB is shown from its start, with a marker where it is cut', async (t) => {
    const { workbench } = window;
    const lines = Array.from(
      { length: 200_000 },
      (_, i) => `line ${String(i).padStart(6, '0')} of a long log, padded\n`,
    );
    const path = file('large.txt', lines.join('').slice(0, 10_000_000).padEnd(10_000_000, '.'));
    await publish(t, port, '-t', 'large/text', '-f', path, '-q', '1');
    const topics = workbench.pane('Topics');
    await topics.row('large').expand();
    await topics.row('text').waitForDescription(/^line 000000 of a long log.*…/);
    await topics.row('text').click();
    const { message } = await MessagesPage.about(workbench, 'large/text');
    await waitForText(message.payload, 'line 000000 of a long log');
    const detail = message.region;
    await waitForText(detail, 'Showing 262,144 bytes of 10,000,000 bytes.');
    await message.button('Last Part').click();
    await waitForText(detail, 'Showing bytes 9,961,472 to 9,999,999 of 10,000,000.');
    await message.button('Previous Part').click();
    await waitForText(detail, 'Showing bytes 9,699,328 to 9,961,471 of 10,000,000.');
    await detail.getByRole('button', { name: 'Load Whole Payload' }).click();
    await detail.getByText('Showing bytes').waitFor({ state: 'hidden' });
    await message.tab('Hex').click();
    await waitForText(message.payload, '6c 69 6e 65');
    await message.tab('Text').click();
  });

  test('a firmware image of 100 MB is received, and shown from its start', async (t) => {
    const { workbench } = window;
    await publish(t, port, '-t', 'board/firmware', '-f', file('firmware.bin', image), '-q', '1');
    await workbench.pane('Topics').row('board').expand();
    await workbench.pane('Topics').row('firmware').click();
    messages = await MessagesPage.about(workbench, 'board/firmware');
    await waitForText(messages.message.region, 'Showing 262,144 bytes of 100,000,000 bytes.');
    await waitForText(messages.message.payload, '74 68 65 20');
  });

  test('its last part is one click away', async () => {
    await messages.message.button('Last Part').click();
    await waitForText(messages.message.region, /Showing bytes 99,876,864 to 99,999,999 of 100,000,000\./);
  });

  test('it is saved to a file, whole', async () => {
    const { workbench } = window;
    const saved = join(window.workspaceFolder, 'saved.bin');
    await messages.message.button('Save Payload…').first().click();
    await workbench.quickInput.chooseFile('Save Payload', saved);
    await waitForText(workbench.page.locator('.statusbar'), 'Saved 95.4 MiB as saved.bin.');
    const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digestOf(readFileSync(saved)), digestOf(image));
  });

  test('the history says what it holds, within its budget', async () => {
    const topics = window.workbench.pane('Topics');
    await waitForText(messages.frame.getByRole('main'), '1 message');
    await topics.row('firmware').waitForDescription(/95\.4 MiB/);
    await topics.row('board').collapse();
  });

  test('bytes that are not UTF-8 are markers in the text, and bytes in the hex', async (t) => {
    const { workbench } = window;
    const path = file('invalid.bin', Buffer.from('6f6bfffe800a6f6b', 'hex'));
    await publish(t, port, '-t', 'large/invalid', '-f', path);
    await workbench.pane('Topics').row('invalid').click();
    const { message, frame } = await MessagesPage.about(workbench, 'large/invalid');
    // Of eight bytes that are no text, the numbers that they may be are shown first.
    await waitForText(message.payload, 'float64 little endian');
    await message.tab('Text').click();
    await waitForText(frame.locator('.marker-invalid').first(), /FF|ff/);
    await waitForText(message.region, 'not UTF-8');
    await message.tab('Hex').click();
    await waitForText(message.payload, '6f 6b ff fe 80 0a 6f 6b');
  });

  test('markup in a payload, a topic and a client id is shown as text, and never runs', async (t) => {
    const { workbench } = window;
    await subscribe(owner, port, '-i', `c${markup}`, '-t', 'unused');
    await workbench.pane('Clients').row(`c${markup}`).waitFor();
    await publish(t, port, '-t', `markup/${markup}`, '-m', markup);
    const topics = workbench.pane('Topics');
    await topics.row('markup').expand();
    const row = topics.row(markup);
    await row.waitForDescription(markup);
    assert.match(await row.tooltip(), /<img src=x onerror=alert\(1\)>[\s\S]*<img src=x/);
    await row.click();
    const page = await MessagesPage.about(workbench, `markup/${markup}`);
    await page.message.tab('Text').click();
    await waitForText(page.message.payload, markup);
    await page.row(markup).waitFor();
    assert.equal(await page.frame.locator('img').count(), 0);
    assert.equal(await workbench.page.locator('.monaco-list img').count(), 0);
    assert.deepEqual(dialogs, []);
  });

  test('a topic in any script is a row with its own letters, and none turns the others around', async (t) => {
    const { workbench } = window;
    const topics = workbench.pane('Topics');
    const names = ['温室', 'Küche', '🌡️', 'غرفة', 'e\u0301', '\u202egnp.exe'];
    for (const name of names) await publish(t, port, '-t', `script/${name}`, '-m', 'found');
    await topics.row('script').expand();
    for (const name of names.slice(0, -1)) await topics.row(name).waitForDescription('found');
    // What turns the letters behind it around is shown as what it is.
    await topics.row(/202[eE].*gnp\.exe/).waitForDescription('found');
    await topics.row('script').collapse();
  });

  test('of a topic of 150 levels the hundredth row has the rest, and its name leads to it', async (t) => {
    const { workbench } = window;
    const levels = Array.from({ length: 150 }, (_, i) => `l${i + 1}`);
    await publish(t, port, '-t', levels.join('/'), '-m', 'deep down');
    const topics = workbench.pane('Topics');
    await topics.row('l1').waitFor();
    await workbench.runCommand('MQTT: Reveal Topic…');
    await workbench.quickInput.waitFor('Topic to show');
    await workbench.quickInput.fill('l149/l150');
    await workbench.quickInput.pick(/^l1\/l2\//);
    const selected = topics.locator.locator('.monaco-list-row.selected');
    await waitForText(selected, 'deep down');
    await waitForText(selected, levels.slice(99).join('/').slice(0, 60));
    await topics.row('l1').collapse();
  });

  test('empty levels of a topic have rows of their own', async (t) => {
    const { workbench } = window;
    await publish(t, port, '-t', '/a//b', '-m', 'found');
    const topics = workbench.pane('Topics');
    await topics.row('(empty)', { level: 1 }).expand();
    await topics.row('a', { level: 2 }).expand();
    await topics.row('(empty)', { level: 3 }).expand();
    await topics.row('b', { level: 4 }).waitForDescription('found');
  });

  test('a topic of 65,535 bytes is cut in the tree and whole in the Messages view', async (t) => {
    const { workbench } = window;
    await publish(t, port, '-t', longestTopic, '-m', 'far');
    const topics = workbench.pane('Topics');
    await topics.row('long').expand();
    const row = topics.row(/^x+…$/);
    await row.waitFor();
    await row.click();
    const { message } = await MessagesPage.about(workbench, `${longestTopic.slice(0, 199)}…`);
    await waitForText(message.payload, 'far');
    await message.openDetails();
    await message.button('Copy Topic').click();
    await waitForClipboard(workbench, longestTopic);
  });

  test('of 10,000 topics in one branch a part is shown, the rest is counted, and more can be shown', async () => {
    const { workbench } = window;
    const client = await RawClient.overTcp(port, 5);
    await client.connect({ clientId: 'many' });
    for (let i = 0; i < manyTopics; i++) client.sendPublish(`many/${String(i).padStart(5, '0')}`, String(i));
    await client.ping();
    const topics = workbench.pane('Topics');
    await topics.row('many').waitForDescription('10,000 topics');
    await topics.row('many').expand();
    await topics.row('00000').waitForDescription('0');
    await workbench.runCommand('MQTT Workbench: Focus on Topics View');
    await topics.waitForFocus();
    await workbench.page.keyboard.press('End');
    const more = topics.row('Show more…');
    await more.waitForDescription(`${(manyTopics - rowsPerPage).toLocaleString('en')} not shown`);
    await more.click();
    await topics.row('00200').waitForDescription('200');
  });

  test('after all that the window still answers', async () => {
    const { workbench } = window;
    const client = await RawClient.overTcp(port, 5);
    await client.connect({ clientId: 'last' });
    await workbench.pane('Clients').row('last').waitFor();
    await workbench.runCommand('MQTT: Copy Broker Address');
    await waitForClipboard(workbench, `mqtt://127.0.0.1:${port}`);
    await client.disconnect();
    assert.deepEqual(dialogs, []);
  });

  function file(name: string, content: string | Uint8Array): string {
    const path = join(window.workspaceFolder, name);
    writeFileSync(path, content);
    return path;
  }
});
