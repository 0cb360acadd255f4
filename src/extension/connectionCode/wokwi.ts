/**
 * Wokwi, which simulates an ESP32 beside the broker: its project file and its diagram, and the Arduino code for a PlatformIO
 * project.
 *
 * `host.wokwi.internal` is the computer that the simulator's gateway runs on, with its 127.0.0.1. Pure.
 */
import type { ConnectionSettings, SourceFile } from './connectionSettings.ts';
import { platformIoProject } from './platformIo.ts';
import { pubSubClient } from './pubSubClient.ts';
import { commentLines, sourceOf } from './sourceText.ts';

/** How the simulated device calls the computer that it is simulated on. */
export const WOKWI_HOST = 'host.wokwi.internal';

/** The board alone. Its serial port leads to the monitor, or nothing that it prints is seen. */
const diagram = {
  version: 1,
  author: 'MQTT Workbench',
  editor: 'wokwi',
  parts: [{ type: 'board-esp32-devkit-c-v4', id: 'esp', top: 0, left: 0, attrs: {} }],
  connections: [
    ['esp:TX', '$serialMonitor:RX', '', []],
    ['esp:RX', '$serialMonitor:TX', '', []],
  ],
};

export function wokwi(settings: ConnectionSettings): SourceFile[] {
  const text = sourceOf(
    commentLines(
      '#',
      'Wokwi for VS Code has the gateway in it that leads to host.wokwi.internal, this computer. On wokwi.com: run wokwigw, press F1, "Enable Private Wokwi IoT Gateway".',
    ),
    '[wokwi]',
    'version = 1',
    "firmware = '.pio/build/esp32dev/firmware.bin'",
    "elf = '.pio/build/esp32dev/firmware.elf'",
  );
  return [
    { name: 'wokwi.toml', text },
    { name: 'diagram.json', text: `${JSON.stringify(diagram, undefined, 2)}\n` },
    platformIoProject(),
    ...pubSubClient(settings, { fileName: 'src/main.cpp', isSimulated: true }),
  ];
}
