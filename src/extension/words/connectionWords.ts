/** The languages and boards that there is connection code for, in words. */
import { l10n } from 'vscode';
import type { ConnectionTargetId } from '../connectionCode/connectionTargets.ts';

export interface TargetWords {
  label: string;
  description: string;
  /** Name of a codicon. */
  icon: string;
}

export function describeTarget(id: ConnectionTargetId): TargetWords {
  switch (id) {
    case 'espIdf':
      return { label: l10n.t('ESP-IDF'), description: l10n.t('C, esp-mqtt'), icon: 'circuit-board' };
    case 'pubSubClient':
      return {
        label: l10n.t('Arduino with PubSubClient'),
        description: l10n.t('sketch'),
        icon: 'circuit-board',
      };
    case 'arduinoMqttClient':
      return {
        label: l10n.t('Arduino with ArduinoMqttClient'),
        description: l10n.t('sketch'),
        icon: 'circuit-board',
      };
    case 'platformIo':
      return {
        label: l10n.t('PlatformIO'),
        description: l10n.t('platformio.ini and Arduino code'),
        icon: 'circuit-board',
      };
    case 'zephyr':
      return {
        label: l10n.t('Zephyr'),
        description: l10n.t('C, the MQTT library and its Kconfig'),
        icon: 'circuit-board',
      };
    case 'microPython':
      return { label: l10n.t('MicroPython'), description: l10n.t('umqtt.simple'), icon: 'circuit-board' };
    case 'wokwi':
      return {
        label: l10n.t('Wokwi'),
        description: l10n.t('a simulated ESP32, by host.wokwi.internal'),
        icon: 'beaker',
      };
    case 'rust':
      return { label: l10n.t('Rust'), description: l10n.t('rumqttc'), icon: 'code' };
    case 'python':
      return { label: l10n.t('Python'), description: l10n.t('paho-mqtt'), icon: 'code' };
    case 'libmosquitto':
      return { label: l10n.t('C on Linux'), description: l10n.t('libmosquitto'), icon: 'code' };
    case 'mosquitto':
      return {
        label: l10n.t('Shell'),
        description: l10n.t('mosquitto_pub and mosquitto_sub'),
        icon: 'terminal',
      };
  }
}
