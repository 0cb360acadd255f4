/**
 * Wokwi, which simulates an ESP32 beside the broker: its project file, and the Arduino code for a PlatformIO project.
 *
 * `host.wokwi.internal` is the computer that the simulator's gateway runs on, with its 127.0.0.1. Pure.
 */
import type { ConnectionSettings, SourceFile } from './connectionSettings.ts';
import { platformIoProject } from './platformIo.ts';
import { pubSubClient } from './pubSubClient.ts';
import { commentLines, sourceOf } from './sourceText.ts';

/** How the simulated device calls the computer that it is simulated on. */
export const WOKWI_HOST = 'host.wokwi.internal';

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
    platformIoProject(),
    ...pubSubClient(settings, { fileName: 'src/main.cpp', isSimulated: true }),
  ];
}
