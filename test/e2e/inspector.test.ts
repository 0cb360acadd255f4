/**
 * The Inspector under a person's hands: one message beside the editor, its neighbours, its topic's newest, and payloads
 * of every kind, read by the decoder that fits or that the person chooses.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { tabOrder } from '../host/accessibleNames.ts';
import { InspectorPage, MessagesPage } from '../host/messagePages.ts';
import { assertStays } from '../host/places.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { RawClient } from '../support/rawClient.ts';
import { inRepository } from '../support/repository.ts';
import { skipUnless } from '../support/tools.ts';
import { startBroker, waitForClipboard } from './story.ts';

const skip = skipUnless('chromium');
/** {"on": true, "level": 7} */
const cbor = Buffer.from('a2626f6ef5656c6576656c07', 'hex');

describe('the Inspector', { skip }, () => {
  const window = useVscodeWindow({
    settings: {
      'mqttWorkbench.broker.port': 0,
      'mqttWorkbench.decoders': [
        { topicFilter: 'lamp/broken', decoder: 'cbor' },
        { topicFilter: 'lamp/meter', decoder: 'protobuf', schemaFile: '/nowhere/meter.proto' },
      ],
    },
  });
  let lamp: RawClient;
  let messages: MessagesPage;
  let inspector: InspectorPage;

  test('Enter in the list opens the message beside the editor, with all that is known of it', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    lamp = await RawClient.overTcp(await startBroker(workbench), 5);
    await lamp.connect({ clientId: 'lamp' });
    await send('lamp/state', '{"on":false}');
    await send('lamp/log', 'boot');
    const properties = { topicAlias: 3, contentType: 'application/json' };
    await lamp.publish('lamp/state', '{"on":true}', { qos: 1, packetId: 51_966, dup: true, properties });
    await workbench.runCommand('MQTT: Open Messages');
    messages = await MessagesPage.in(workbench);
    await messages.waitForSelected(/"on":true/);
    await messages.list.press('Enter');
    inspector = await InspectorPage.in(workbench, 'lamp/state');
    await waitForText(inspector.message.payload, '"on": true');
    for (const words of ['lamp/state', 'lamp', 'At least once', '11 bytes', '2 MQTT 5 properties'])
      await waitForText(inspector.message.region, words);
    for (const [name, value] of [
      ['Packet identifier', /^51966$/],
      ['DUP', /^YesSent again$/],
      ['Topic alias', /^3/],
      ['Content type', /^application\/json$/],
    ] as const)
      await inspector.message.fact(name).filter({ hasText: value }).waitFor();
    await window.screenshot('inspector-packet');
  });

  test('the messages before and after it are those of the list', async () => {
    await inspector.frame.getByRole('button', { name: 'Previous Message' }).click();
    await waitForText(inspector.heading, 'lamp/log');
    await waitForText(inspector.message.payload, 'boot');
    await inspector.frame.getByRole('button', { name: 'Next Message' }).click();
    await waitForText(inspector.heading, 'lamp/state');
    await inspector.frame.getByRole('button', { name: 'Next Message', disabled: true }).waitFor();
    await send('lamp/log', 'later');
    await inspector.frame.getByRole('button', { name: 'Next Message', disabled: false }).waitFor();
    await inspector.follow.press('Alt+ArrowDown');
    await waitForText(inspector.message.payload, 'later');
  });

  test('it follows the newest of its topic, and no other', async () => {
    await inspector.follow.click();
    await inspector.frame.getByRole('button', { name: 'Follow Topic', pressed: true }).waitFor();
    await send('lamp/log', 'followed');
    await waitForText(inspector.message.payload, 'followed');
    await send('lamp/state', '{"on":false}');
    await send('lamp/log', 'still followed');
    await waitForText(inspector.message.payload, 'still followed');
    await inspector.follow.click();
    await inspector.frame.getByRole('button', { name: 'Follow Topic', pressed: false }).waitFor();
    await send('lamp/log', 'no longer');
    await messages.waitForSelected('no longer');
    await waitForText(inspector.message.payload, 'still followed');
  });

  test('a message selected in the Messages view is compared with it in the diff editor', async () => {
    const { workbench } = window;
    await messages.row('boot').click();
    await messages.waitForSelected('boot');
    await inspector.message.button('Compare with Selected').click();
    const compared = workbench.page.locator('.monaco-diff-editor').first();
    await waitForText(compared.locator('.editor.original'), 'boot');
    await waitForText(compared.locator('.editor.modified'), 'still followed');
  });

  test('Copy Payload copies what the device sent', async () => {
    const { workbench } = window;
    await inspect('lamp/log', 'copied');
    await inspector.message.button('Copy Payload').click();
    await waitForClipboard(workbench, 'copied');
  });

  test('while it follows, what is around the payload stays where it is', async () => {
    const all = ['left', 'top', 'right', 'bottom'] as const;
    await inspector.follow.click();
    await send('lamp/log', '{"place":0}');
    await waitForText(inspector.message.payload, '"place": 0');
    await assertStays(
      inspector.frame.getByRole('main'),
      {
        header: ['.inspector-header', ...all],
        steps: ['.inspector-steps', ...all],
        bar: ['.detail-bar', ...all],
        actions: ['.detail-actions .action', ...all],
        details: ['.facts-area', ...all],
        names: ['.fact dt', 'left', 'top'],
        values: ['.fact dd', 'left', 'top'],
        tabs: ['.tab', ...all],
        decoder: ['.decoder-menu .select', ...all],
        payload: ['.payload-body', ...all],
      },
      async () => {
        for (let place = 1; place <= 10; place++) {
          // As text and as JSON.
          const log = '.'.repeat((place * 370) % 1_900);
          const payload = place % 3 === 0 ? `"place": ${place} ${log}` : JSON.stringify({ place, log });
          lamp.sendPublish('lamp/log', payload, { retain: place % 2 === 0 });
          await lamp.ping();
          await waitForText(inspector.message.payload, `"place": ${place}`);
        }
      },
    );
    await inspector.follow.click();
    await inspector.frame.getByRole('button', { name: 'Follow Topic', pressed: false }).waitFor();
  });

  test('every control has a name, in an order that follows the eye', async () => {
    await inspector.frame.getByRole('button', { name: 'Previous Message' }).focus();
    assert.deepEqual(await tabOrder(inspector.frame, 'Payload'), [
      'Previous Message',
      'Follow Topic',
      'Copy Payload',
      'Copy As…',
      'Compare with Previous',
      'Compare with Selected',
      'Plot Values…',
      'Save Payload…',
      'Open in Editor',
      'Publish Again',
      'Details',
      'Details',
      'Copy Topic',
      'JSON',
      'Decoder',
      'Always Decode This Way…',
      'Payload',
    ]);
  });

  test('CBOR is decoded, and another decoder can be tried and remembered for the topic', async () => {
    const { workbench } = window;
    await inspect('lamp/cbor', cbor);
    await inspector.frame.getByRole('tab', { name: 'CBOR', selected: true }).waitFor();
    await waitForText(inspector.message.payload, '"level": 7');
    await inspector.message.decoder.selectOption({ label: 'Hex' });
    await inspector.frame.getByRole('tab', { name: 'Hex', selected: true }).waitFor();
    await waitForText(inspector.message.payload, 'a2 62 6f 6e f5');
    await inspector.message.button('Always Decode This Way…').click();
    await workbench.quickInput.choose('Always decode which topics this way?', 'This Topic');
    await inspector.message.button('Forget Choice').waitFor();
    await workbench.runCommand('Preferences: Open Workspace Settings (JSON)');
    await waitForText(workbench.page.locator('.view-line'), '"topicFilter": "lamp/cbor"');
    await workbench.closeTab('settings.json');
    inspector = await InspectorPage.in(workbench, 'lamp/cbor');
    await inspector.message.decoder.selectOption({ label: 'Automatic' });
    await inspector.frame.getByRole('tab', { name: 'CBOR', selected: true }).waitFor();
    await inspector.message.button('Forget Choice').click();
    await inspector.message.button('Forget Choice').waitFor({ state: 'detached' });
    await inspector.frame.getByRole('tab', { name: 'CBOR', selected: true }).waitFor();
  });

  test('a decoder that can’t read the payload says why, and the bytes are below', async () => {
    await inspect('lamp/broken', 'no CBOR at all');
    await waitForText(inspector.message.region, /Not readable as CBOR/);
    await waitForText(inspector.message.payload, '6e 6f 20 43 42 4f 52');
    await window.screenshot('inspector-not-readable');
  });

  test('of a long payload that can’t be decoded it is said which part is shown, and the others can be', async () => {
    await inspect('lamp/broken', 'no CBOR at all'.repeat(30_000));
    await waitForText(inspector.message.region, /Not readable as CBOR/);
    await waitForText(inspector.message.region, 'Showing 262,144 bytes of 420,000 bytes.');
    await inspector.message.button('Next Part').click();
    await waitForText(inspector.message.payload, '00040000');
  });

  test('the decoder menu is walked by arrow keys, and asks nothing', async () => {
    await inspect('lamp/broken', '{"walked":true}');
    await waitForText(inspector.message.region, /Not readable as CBOR/);
    const { decoder } = inspector.message;
    await decoder.press('ArrowDown');
    await waitForText(inspector.message.payload, '"walked": true');
    await decoder.press('Home');
    await inspector.frame.getByRole('option', { name: 'Automatic (JSON)' }).waitFor({ state: 'attached' });
    await inspector.message.button('Forget Choice').waitFor();
  });

  test('a choice that names a schema is not forgotten unasked', async () => {
    const { workbench } = window;
    await inspect('lamp/meter', cbor);
    await inspector.message.button('Forget Choice').click();
    await workbench.toast('/nowhere/meter.proto').click('Forget');
    await inspector.frame.getByRole('tab', { name: 'CBOR', selected: true }).waitFor();
    await inspector.message.button('Forget Choice').waitFor({ state: 'detached' });
  });

  test('an image is drawn, and a text that only looks like markup never is', async () => {
    await inspect('lamp/icon', readFileSync(inRepository('media/icon.png')));
    const image = inspector.message.payload.locator('img');
    // Resolves when it can be drawn, and rejects when it can't.
    await image.evaluate((element) => (element as unknown as { decode(): Promise<void> }).decode());
    const drawn = await image.evaluate((element) => (element as { naturalWidth?: number }).naturalWidth);
    assert.ok(drawn !== undefined && drawn > 0);
    await inspect('lamp/svg', '<svg onload=alert(1)><img src=x></svg>');
    await waitForText(inspector.message.payload, '<svg onload=alert(1)>');
    assert.equal(await inspector.message.payload.locator('img').count(), 0);
  });

  test('when the broker stops, what is shown stays', async () => {
    await window.workbench.runCommand('MQTT: Stop Local Broker');
    await waitForText(inspector.frame.getByRole('main'), 'The broker is not running');
    await waitForText(inspector.message.payload, '<svg onload=alert(1)>');
    await window.screenshot('inspector-broker-stopped');
  });

  async function send(topic: string, payload: string | Uint8Array): Promise<void> {
    lamp.sendPublish(topic, payload);
    await lamp.ping();
  }

  /** Sends a message, and opens it. */
  async function inspect(topic: string, payload: string | Uint8Array): Promise<void> {
    inspector = await messages.inspectSent(window.workbench, topic, () => send(topic, payload));
  }
});
