/**
 * A recording, through the screen: what mosquitto_pub publishes is on the disk byte for byte, reaches mosquitto_sub again
 * under a prefix, is opened beside the broker, and leaves as CSV. It is replayed to mosquitto, and goes on in a second file.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { freePort } from '../support/ports.ts';
import { run } from '../support/program.ts';
import { skipUnless, toolPath } from '../support/tools.ts';
import { publish, startBroker, subscribe } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto', 'mosquitto_pub', 'mosquitto_sub');
const recordingStatus = 'mqttWorkbench.recordingStatus';
const replayStatus = 'mqttWorkbench.replayStatus';

/** What differs from run to run: when it was. */
const TIME = /"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/g;

describe('a recording, with mosquitto_pub and mosquitto_sub as the board', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0, 'mqttWorkbench.recording.maxFileMegabytes': 1 },
    files: { 'frame.bin': '\u0001\u0000\u0002' },
  });
  let port = 0;

  test('it runs from the palette, shows what it has, and writes byte for byte what came', async (t) => {
    const { workbench, workspaceFolder } = window;
    port = await startBroker(workbench);
    await workbench.runCommand('MQTT: Start Recording…');
    await workbench.quickInput.answer('Topic filter of what to record', '#');
    await workbench.quickInput.choose('Folder to record into', /\/recordings$/);
    await waitForText(workbench.statusBarItem(recordingStatus), '0 ·');

    const board = ['-V', '5', '-i', 'board-7', '-q', '1'];
    const property = (...words: string[]) => ['-D', 'publish', ...words];
    await publish(
      t,
      port,
      ...board,
      '-t',
      'lab/led',
      '-m',
      '{"on":true}',
      '-r',
      ...[
        ...property('content-type', 'application/json'),
        ...property('response-topic', 'lab/led/answer'),
        ...property('correlation-data', 'c-1'),
        ...property('user-property', 'unit', 'none'),
      ],
    );
    await publish(t, port, ...board, '-t', 'lab/frame', '-f', join(workspaceFolder, 'frame.bin'));
    await waitForText(workbench.statusBarItem(recordingStatus), '2 ·');
    await window.screenshot('recording');

    await workbench.runCommand('MQTT: Stop Recording');
    const toast = workbench.toast('Recorded 2 messages to recording-');
    await toast.waitFor();
    await toast.close();
    await workbench.statusBarItem(recordingStatus).waitFor({ state: 'hidden' });
    assert.equal(
      readFileSync(recordingFile(), 'utf8').replaceAll(TIME, '"TIME"'),
      [
        '{"format":"mqtt-workbench-recording","version":1,"startedAt":"TIME","part":1}\n',
        '{"time":"TIME","topic":"lab/led","qos":1,"retain":true,"publisher":"board-7",',
        '"properties":{"contentType":"application/json","responseTopic":"lab/led/answer",',
        '"correlationDataBase64":"Yy0x","userProperties":[["unit","none"]]},',
        '"text":"{\\"on\\":true}","payloadBase64":"eyJvbiI6dHJ1ZX0="}\n',
        '{"time":"TIME","topic":"lab/frame","qos":1,"retain":false,"publisher":"board-7",',
        '"payloadBase64":"AQAC"}\n',
      ].join(''),
    );
  });

  test('it is replayed step by step under a prefix, and reaches a board with its properties', async (t) => {
    const { workbench } = window;
    const board = await subscribe(
      t,
      port,
      ...['-V', '5', '-q', '1', '-t', 'again/#', '-F', 'got %t %x type=%C %P'],
    );
    await workbench.runCommand('MQTT: Replay Recording…');
    await workbench.quickInput.chooseFile('Choose a recording to replay', recordingFile());
    await workbench.quickInput.choose('How fast to replay', 'Step by Step');
    await workbench.quickInput.answer('Topic prefix', 'again');
    await workbench.quickInput.answer('Topic filter of what to replay', '#');
    await workbench.quickInput.choose('Keep the RETAIN flag?', 'Not Retained');
    const status = workbench.statusBarItem(replayStatus);
    await waitForText(status, '0 · ×1');
    await status.click();
    await workbench.quickInput.choose('Replay of recording-', 'Next Message');
    await board.waitFor(
      'stdout',
      /^got again\/lab\/led 7b226f6e223a747275657d type=application\/json unit:none$/m,
    );
    await window.screenshot('replay-step');
    await workbench.quickInput.choose('1 message published', 'Resume');
    await board.waitFor('stdout', /^got again\/lab\/frame 010002 /m);
    await status.waitFor({ state: 'hidden' });
  });

  test('it is opened beside the broker, and closed again', async () => {
    const { workbench } = window;
    await workbench.runCommand('MQTT: Open Recording…');
    await workbench.quickInput.chooseFile('Choose a recording to open', recordingFile());
    await workbench.openViews('MQTT Workbench');
    const row = workbench.pane('Topics').row(/recording-/);
    await row.waitFor();
    await window.screenshot('recording-open');
    await workbench.runCommand('MQTT: Export Messages…');
    await workbench.quickInput.choose('Whose messages to export', /recording-/);
    await workbench.quickInput.waitFor('Topic filter of what to export');
    await workbench.quickInput.cancel();
    await row.inlineAction('Close Recording');
    await row.waitFor('hidden');
  });

  test('what is held of a topic is exported as CSV', async () => {
    const { workbench, workspaceFolder } = window;
    const file = join(workspaceFolder, 'lab.csv');
    await workbench.runCommand('MQTT: Export Messages…');
    await workbench.quickInput.answer('Topic filter of what to export', 'lab/#');
    await workbench.quickInput.choose('Which time span?', 'All That Is Held');
    await workbench.quickInput.choose('Format of the file', 'CSV');
    await workbench.quickInput.chooseFile('Export Messages', file);
    await workbench.toast('Exported 2 messages to lab.csv.').waitFor();
    await window.screenshot('export');
    const [header, led, frame, ...others] = readFileSync(file, 'utf8').split('\r\n');
    assert.match(header ?? '', /^time,topic,qos,retain,publisher,isWill,size,payload,/);
    assert.match(
      led ?? '',
      /Z,lab\/led,1,true,board-7,false,11,"{""on"":true}",,,application\/json,lab\/led\/answer,Yy0x,"\[\[""unit"",""none""\]\]",,eyJvbiI6dHJ1ZX0=$/,
    );
    assert.match(frame ?? '', /Z,lab\/frame,1,false,board-7,false,3,,.*,AQAC$/);
    assert.deepEqual(others, ['']);
  });

  test('it is replayed to mosquitto, which keeps what is retained, with its properties', async (t) => {
    const { workbench } = window;
    const gatewayPort = await freePort();
    await MosquittoBroker.start(t, { configuration: [`listener ${gatewayPort} 127.0.0.1`] });
    const url = `mqtt://127.0.0.1:${gatewayPort}`;
    window.server.updateSettings({ 'mqttWorkbench.connections': [{ name: 'Gateway', url }] });
    const gateway = workbench.pane('Connections').row('Gateway');
    await workbench.pane('Connections').expand();
    await gateway.waitFor();
    await workbench.runCommand('MQTT: Connect…');
    await gateway.waitForDescription(/^connected/);
    await workbench.runCommand('MQTT: Replay Recording…');
    await workbench.quickInput.chooseFile('Choose a recording to replay', recordingFile());
    await workbench.quickInput.choose('Broker to replay to', 'Gateway');
    await workbench.quickInput.choose('How fast to replay', 'As Fast as Possible');
    await workbench.quickInput.answer('Topic prefix', 'replayed');
    await workbench.quickInput.answer('Topic filter of what to replay', 'lab/led');
    await workbench.quickInput.choose('Keep the RETAIN flag?', 'Retained as They Were');
    await waitForText(workbench.page.locator('.statusbar'), 'Replayed 1 message of recording-');
    await window.screenshot('replay-elsewhere');
    const board = await run(t, toolPath('mosquitto_sub'), [
      ...['-p', `${gatewayPort}`, '-V', '5', '-q', '1', '-t', '#', '-C', '1', '-W', '20'],
      ...['-F', '%t %p retain=%r qos=%q type=%C to=%R data=%D %P'],
    ]);
    assert.equal(
      board.stdout.trim(),
      'replayed/lab/led {"on":true} retain=1 qos=1 type=application/json to=lab/led/answer data=c-1 unit:none',
    );
  });

  test('one that is larger than the setting allows goes on in a second file, and is opened as one', async (t) => {
    const { workbench, workspaceFolder } = window;
    const [before] = recordings();
    const frame = join(workspaceFolder, 'large.bin');
    await workbench.runCommand('MQTT: Start Recording…');
    await workbench.quickInput.answer('Topic filter of what to record of the local broker', 'cam/#');
    await workbench.quickInput.choose('Folder to record into', /\/recordings$/);
    await waitForText(workbench.statusBarItem(recordingStatus), '0 ·');
    for (const byte of [1, 2]) {
      writeFileSync(frame, Buffer.alloc(700_000, byte));
      await publish(t, port, '-q', '1', '-t', `cam/${byte}`, '-f', frame);
    }
    await waitForText(workbench.statusBarItem(recordingStatus), '2 ·');
    await workbench.runCommand('MQTT: Stop Recording');
    await workbench.toast('Recorded 2 messages to recording-').waitFor();
    const parts = recordings().filter((file) => file !== before);
    assert.equal(parts.length, 2, parts.join(' '));
    for (const [i, file] of parts.entries()) {
      assert.ok(file.endsWith(`-00${i + 1}.jsonl`) && statSync(file).size < 1_000_000, file);
      const [header = '', message = '', ...others] = readFileSync(file, 'utf8').trimEnd().split('\n');
      assert.equal(JSON.parse(header).part, i + 1);
      const { topic, payloadBase64 } = JSON.parse(message);
      const payload = Buffer.from(payloadBase64, 'base64');
      assert.ok(topic === `cam/${i + 1}` && payload.equals(Buffer.alloc(700_000, i + 1)), topic);
      assert.deepEqual(others, []);
    }
    await workbench.runCommand('MQTT: Open Recording…');
    await workbench.quickInput.chooseFile('Choose a recording to open', parts[0] ?? '');
    await workbench.openViews('MQTT Workbench');
    await workbench
      .pane('Topics')
      .row(/recording-/)
      .waitForDescription(/2 topics · 2 messages/);
  });

  function recordingFile(): string {
    const [file, ...others] = recordings();
    assert.ok(file !== undefined && others.length === 0, 'one file');
    return file;
  }

  function recordings(): string[] {
    const folder = join(window.workspaceFolder, 'recordings');
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  }
});
