/**
 * A recording, through the screen: what mosquitto_pub publishes is on the disk byte for byte, reaches mosquitto_sub again
 * under a prefix, is opened beside the broker, and leaves as CSV.
 *
 * The tests are one story: each goes on where the one before it ended.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { useVscodeWindow } from '../host/vscodeWindow.ts';
import { waitForText } from '../host/workbench.ts';
import { skipUnless } from '../support/tools.ts';
import { publish, startBroker, subscribe } from './story.ts';

const skip = skipUnless('chromium', 'mosquitto_pub', 'mosquitto_sub');
const recordingStatus = 'mqttWorkbench.recordingStatus';
const replayStatus = 'mqttWorkbench.replayStatus';

/** What differs from run to run: when it was. */
const TIME = /"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/g;

describe('a recording, with mosquitto_pub and mosquitto_sub as the board', { skip }, () => {
  const window = useVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': 0 },
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

  function recordingFile(): string {
    const folder = join(window.workspaceFolder, 'recordings');
    const [name, ...others] = readdirSync(folder);
    assert.ok(name !== undefined && others.length === 0, 'one file');
    return join(folder, name);
  }
});
