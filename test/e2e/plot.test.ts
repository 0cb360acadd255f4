/**
 * The plot under a person's hands: opened from a topic, zoomed and held still by keyboard, read by ear, saved. In a VS Code
 * that is German: its numbers and dates are, while words are English as long as nobody translates them.
 *
 * The tests are one story: each goes on where the one before it ended. What is drawn is asserted by what the plot says of
 * itself to those who do not see it.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { FrameLocator, Locator } from 'playwright-core';
import { tabOrder } from '../host/accessibleNames.ts';
import { MessagesPage } from '../host/messagePages.ts';
import { assertStays } from '../host/places.ts';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { RawClient } from '../support/rawClient.ts';
import { skipUnless } from '../support/tools.ts';
import { startBroker } from './story.ts';

const skip = skipUnless('chromium');
const topic = 'oven/climate';
/** As in `1. März 2026, 10:00:00,123`. */
const germanTime = String.raw`\d{1,2}\. \p{L}+\.? \d{4}, \d{1,2}:\d\d:\d\d,\d{3}`;
/** As a screen reader has it. */
const treeOfOneSeries = `- main:
  - text: Time in view
  - radiogroup "Time in view":
    - radio "10 s"
    - text: 10 s
    - radio "1 min"
    - text: 1 min
    - radio "10 min"
    - text: 10 min
    - radio "All" [checked]
    - text: All
  - button "Zoom In"
  - button "Zoom Out"
  - status: Following
  - button "Pause"
  - button "Add Series…"
  - button "Save PNG…"
  - button "Save View as CSV…"
  - button "Save All as CSV…"
  - application "Plot":
    - paragraph: "From TIME to TIME. oven/climate celsius: newest 190, 179 to 190 in view."
    - paragraph: "Left and right arrow: values of the point before or after. With Shift: move. Plus and minus: zoom. Home: the newest. Space: pause."
    - status
  - table "Series":
    - rowgroup:
      - row "Series Newest Lowest in View Highest in View No Number Axis":
        - columnheader "Series"
        - columnheader "Newest"
        - columnheader "Lowest in View"
        - columnheader "Highest in View"
        - columnheader "No Number"
        - columnheader "Axis"
        - cell
    - rowgroup:
      - row "Show oven/climate celsius oven/climate celsius 190 179 190 1 Automatic (left) Remove oven/climate celsius":
        - rowheader "Show oven/climate celsius oven/climate celsius":
          - checkbox "Show oven/climate celsius" [checked]
          - text: oven/climate celsius
        - cell "190"
        - cell "179"
        - cell "190"
        - cell "1"
        - cell "Automatic (left)":
          - combobox "Axis of oven/climate celsius":
            - option "Automatic (left)" [selected]
            - option "Left"
            - option "Right"
        - cell "Remove oven/climate celsius":
          - button "Remove oven/climate celsius"
  - checkbox "Fixed range on the left"
  - text: Fixed range on the left`;
const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

describe('the plot', { skip }, () => {
  const window = useVscodeWindow({ settings: { 'mqttWorkbench.broker.port': 0 }, displayLanguage: 'de' });
  let oven: RawClient;
  let panel: FrameLocator;

  test('a topic with more than one number asks which, and its history is plotted', async () => {
    const { workbench } = window;
    await workbench.openViews('MQTT Workbench');
    oven = await RawClient.overTcp(await startBroker(workbench), 5);
    await oven.connect({ clientId: 'oven' });
    await send(
      '{"celsius":180,"humidity":9}',
      '{"celsius":181.5,"humidity":8}',
      '{"celsius":179,"humidity":7}',
    );
    const topics = workbench.pane('Topics');
    await topics.row('oven').expand();
    await topics.row('oven').waitForDescription('1 topic · 3 messages');
    await topics.row('climate').contextMenu('Plot…');
    await workbench.quickInput.choose('Which number of oven/climate?', 'celsius');
    panel = await workbench.webview(`Plot: ${topic}`);
    await waitForText(chart(), 'oven/climate celsius: newest 179, 179 to 181,5 in view.');
    await waitForText(status(), 'Following');
  });

  test('it goes on with what comes', async () => {
    await send('{"celsius":185}', 'warming up', '{"celsius":190}');
    await waitForText(chart(), 'newest 190, 179 to 190 in view.');
    // The message without a number.
    await waitForText(row('oven/climate celsius'), /190.*179.*190.*1/);
  });

  test('the arrow keys read the values point by point', async () => {
    await chart().focus();
    await chart().press('ArrowLeft');
    await waitForText(chart().getByRole('status'), 'oven/climate celsius: 190');
    await chart().press('ArrowLeft');
    await waitForText(chart().getByRole('status'), 'oven/climate celsius: 185');
    await chart().press('ArrowRight');
    await waitForText(chart().getByRole('status'), 'oven/climate celsius: 190');
    await chart().press('Escape');
    await row('Newest').waitFor();
  });

  test('a screen reader is told of every control, of the plot in words, and of each value', async () => {
    const tree = await panel.getByRole('main').ariaSnapshot();
    const told = tree.replaceAll(new RegExp(germanTime, 'gu'), 'TIME');
    assert.equal(told, treeOfOneSeries);
  });

  test('the controls are in an order that follows the eye', async () => {
    await panel.getByRole('radio', { name: 'All' }).focus();
    assert.deepEqual(await tabOrder(panel, 'Fixed range on the left'), [
      'All',
      'Zoom In',
      'Zoom Out',
      'Pause',
      'Add Series…',
      'Save PNG…',
      'Save View as CSV…',
      'Save All as CSV…',
      'Plot',
      'Show oven/climate celsius',
      'Axis of oven/climate celsius',
      'Remove oven/climate celsius',
      'Fixed range on the left',
    ]);
  });

  test('while values come, no button, no column and no axis moves', async () => {
    const all = ['left', 'top', 'right', 'bottom'] as const;
    await assertStays(
      panel.getByRole('main'),
      {
        toolbar: ['.plot-toolbar', ...all],
        buttons: ['.plot-toolbar :is(button, label)', ...all],
        chart: ['.plot-chart', ...all],
        plotted: ['.u-over', ...all],
        legend: ['.plot-legend', ...all],
        columns: ['.plot-legend :is(th, td)', ...all],
        ranges: ['.plot-footer', ...all],
      },
      async () => {
        for (const celsius of [188, 187.25, 186.125, 185.0625, 184]) {
          await send(`{"celsius":${celsius}}`);
          await waitForText(chart(), `newest ${celsius.toLocaleString('de', { maximumFractionDigits: 9 })},`);
          await chart().press('ArrowLeft');
          await row('Newest').waitFor({ state: 'detached' });
          await chart().press('Escape');
          await row('Newest').waitFor();
        }
      },
    );
  });

  test('plus zooms in, and the view stays where it is while messages come; Home shows the newest', async () => {
    const whole = await viewWords();
    await chart().press('ArrowLeft');
    await chart().press('+');
    await waitForText(status(), 'Zoomed');
    const zoomedOnce = await viewWords();
    await chart().press('+');
    await panel.getByText(zoomedOnce).waitFor({ state: 'detached' });
    const zoomed = await viewWords();
    assert.notEqual(zoomed, whole);
    await window.screenshot('plot-zoomed');
    await send('{"celsius":300}');
    await waitForText(chart(), 'newest 300');
    assert.equal(await viewWords(), zoomed);
    await chart().press('Home');
    await waitForText(status(), 'Following');
    await waitForText(chart(), 'newest 300, 179 to 300 in view.');
    await chart().press('Escape');
  });

  test('Space holds it still, what comes is kept, and Space again shows it', async () => {
    await chart().press(' ');
    await waitForText(status(), 'Paused');
    await send('{"celsius":10}');
    await waitForText(chart(), 'newest 10, 179 to 300 in view.');
    await window.screenshot('plot-paused');
    await chart().press(' ');
    await waitForText(chart(), 'newest 10, 10 to 300 in view.');
    await waitForText(status(), 'Following');
  });

  test('a drag and the wheel zoom, and a double click shows the newest', async () => {
    const { mouse } = window.workbench.page;
    const area = await panel.locator('.u-over').boundingBox();
    assert.ok(area);
    const whole = await viewWords();
    await mouse.move(area.x + 0.5 * area.width, area.y + 40);
    await mouse.down();
    await mouse.move(area.x + 0.9 * area.width, area.y + 40, { steps: 4 });
    await mouse.up();
    await waitForText(status(), 'Zoomed');
    const dragged = await viewWords();
    assert.notEqual(dragged, whole);
    await mouse.wheel(0, -200);
    await panel.getByText(dragged).waitFor({ state: 'detached' });
    await mouse.dblclick(area.x + 0.5 * area.width, area.y + 40);
    await waitForText(status(), 'Following');
    await panel.getByText(whole).waitFor({ state: 'attached' });
    await chart().press('Escape');
  });

  test('a second series is added from the tree; of another size, it has the axis on the right', async () => {
    const { workbench } = window;
    oven.sendPublish('oven/power', '120000');
    await oven.ping();
    // A row that is drawn anew forgets those below it for a moment: a command of such a row would ask for its topic.
    await workbench.pane('Topics').row('oven').waitForDescription('2 topics · 14 messages');
    await workbench.pane('Topics').row('power').contextMenu('Add to Open Plot…');
    panel = await workbench.webview(`Plot: ${topic} and 1 more`);
    await waitForText(chart(), 'oven/power: newest 120.000');
    await panel
      .getByRole('combobox', { name: 'Axis of oven/power' })
      .getByText('Automatic (right)')
      .waitFor({ state: 'attached' });
  });

  test('in the tree and in the Messages view, dates and numbers are those of the display language, too', async () => {
    const { workbench } = window;
    const climate = workbench.pane('Topics').row('climate');
    assert.match(await climate.tooltip(), /QoS 0, \d\d bytes, \d\d:\d\d:\d\d,\d{3}/);
    await workbench.runCommand('MQTT: Open Messages');
    const messages = await MessagesPage.in(workbench);
    await messages.list.press('End');
    const time = messages.message.region.getByRole('heading');
    assert.match((await time.getAttribute('title')) ?? '', /^\d\d\.\d\d\.\d{4}, /);
    await workbench.runCommand('View: Toggle Panel Visibility');
  });

  test('what is shown survives being behind another tab', async () => {
    const { workbench } = window;
    await panel.getByRole('checkbox', { name: 'Show oven/power' }).uncheck();
    await workbench.runCommand('MQTT: Open Publish Form');
    await workbench.webview('Publish');
    await send('{"celsius":20}');
    await workbench.tab(`Plot: ${topic} and 1 more`).click();
    panel = await workbench.webview(`Plot: ${topic} and 1 more`);
    await waitForText(chart(), 'oven/climate celsius: newest 20, 10 to 300 in view.');
    await panel.getByRole('checkbox', { name: 'Show oven/power', checked: false }).waitFor();
  });

  test('its points are saved as CSV', async () => {
    const { workbench } = window;
    const path = join(window.workspaceFolder, 'points.csv');
    await panel.getByRole('button', { name: 'Save All as CSV…' }).click();
    await workbench.quickInput.chooseFile('Save Points as CSV', path);
    await workbench.page.getByText('Saved points.csv.').waitFor();
    const rows = readFileSync(path, 'utf8').trimEnd().split('\r\n');
    assert.equal(rows[0], 'time,oven/climate celsius');
    assert.match(rows[1] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,180$/);
    assert.deepEqual(
      rows.slice(1).map((each) => each.split(',')[1]),
      ['180', '181.5', '179', '185', '190', '188', '187.25', '186.125', '185.0625', '184', '300', '10', '20'],
    );
  });

  test('its picture is saved as PNG', async () => {
    const { workbench } = window;
    const path = join(window.workspaceFolder, 'plot.png');
    await panel.getByRole('button', { name: 'Save PNG…' }).click();
    await workbench.quickInput.chooseFile('Save Plot as PNG', path);
    await workbench.page.getByText('Saved plot.png.').waitFor();
    assert.ok(existsSync(path));
    const bytes = readFileSync(path);
    assert.deepEqual([...bytes.subarray(0, 8)], pngSignature);
    assert.ok(bytes.length > 3000, `${bytes.length} bytes`);
  });

  test('when the broker stops, the plot says so and keeps what it has', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Stop Local Broker');
    await panel.getByText('The broker is not running.').waitFor();
    await window.screenshot('plot-broker-stopped');
    await waitForText(chart(), 'oven/climate celsius: newest 20, 10 to 300 in view.');
  });

  async function send(...payloads: readonly string[]): Promise<void> {
    for (const payload of payloads) {
      oven.sendPublish(topic, payload);
      // One after the other in time as well: a plot has milliseconds.
      await oven.ping();
    }
  }

  function chart(): Locator {
    return panel.getByRole('application', { name: 'Plot' });
  }

  function status(): Locator {
    return panel.getByRole('status').first();
  }

  function row(name: string): Locator {
    return panel.getByRole('row').filter({ hasText: name });
  }

  /** Of which times the plot speaks. */
  async function viewWords(): Promise<string> {
    const words = new RegExp(`From ${germanTime} to ${germanTime}\\.`, 'u').exec(
      (await chart().textContent()) ?? '',
    );
    return words?.[0] ?? assert.fail('the plot does not say of which times it is');
  }
});
