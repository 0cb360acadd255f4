/** Every language and board that there is code for, and its files as one text for the clipboard. Pure. */
import { arduinoMqttClient } from './arduinoMqttClient.ts';
import type { ConnectionSettings, SourceFile } from './connectionSettings.ts';
import { espIdf } from './espIdf.ts';
import { libmosquitto } from './libmosquitto.ts';
import { microPython } from './microPython.ts';
import { mosquittoClients } from './mosquittoClients.ts';
import { platformIo } from './platformIo.ts';
import { pubSubClient } from './pubSubClient.ts';
import { python } from './python.ts';
import { rust } from './rust.ts';
import { wokwi } from './wokwi.ts';
import { zephyr } from './zephyr.ts';

export type ConnectionTargetId =
  | 'espIdf'
  | 'pubSubClient'
  | 'arduinoMqttClient'
  | 'platformIo'
  | 'zephyr'
  | 'microPython'
  | 'wokwi'
  | 'rust'
  | 'python'
  | 'mosquitto'
  | 'libmosquitto';

export interface ConnectionTarget {
  id: ConnectionTargetId;
  /**
   * `board`: a device of its own, to which 127.0.0.1 is itself. `computer`: runs beside the broker, or anywhere.
   * `simulator`: runs beside the broker, and has a name for the computer that it runs on.
   */
  runsOn: 'board' | 'computer' | 'simulator';
  generate(settings: ConnectionSettings): readonly SourceFile[];
}

/** In the order in which they are offered. */
export const connectionTargets: readonly ConnectionTarget[] = [
  { id: 'espIdf', runsOn: 'board', generate: espIdf },
  { id: 'pubSubClient', runsOn: 'board', generate: (settings) => pubSubClient(settings) },
  { id: 'arduinoMqttClient', runsOn: 'board', generate: arduinoMqttClient },
  { id: 'platformIo', runsOn: 'board', generate: platformIo },
  { id: 'zephyr', runsOn: 'board', generate: zephyr },
  { id: 'microPython', runsOn: 'board', generate: microPython },
  { id: 'wokwi', runsOn: 'simulator', generate: wokwi },
  { id: 'rust', runsOn: 'computer', generate: rust },
  { id: 'python', runsOn: 'computer', generate: python },
  { id: 'libmosquitto', runsOn: 'computer', generate: libmosquitto },
  { id: 'mosquitto', runsOn: 'computer', generate: mosquittoClients },
];

/** One file as it is; of several, each under a line with its name, which is a comment where the language has one. */
export function clipboardText(files: readonly SourceFile[]): string {
  const [first, ...others] = files;
  if (first !== undefined && others.length === 0) return first.text;
  return files.map(({ name, text }) => `${headingOf(name)}\n${text}`).join('\n');
}

function headingOf(name: string): string {
  const mark = /\.(?:c|cpp|ino|rs)$/.test(name) ? '//' : '#';
  return `${mark} ==== ${name} ====`;
}
