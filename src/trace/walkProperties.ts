/** The properties of MQTT 5.0 as fields, by the table of mqtt/properties.ts. Section 2.2.2. */
import { hexByte } from '../mqtt/faultText.ts';
import {
  definitionOfId,
  describePlace,
  type PropertyDefinition,
  type PropertyPlace,
} from '../mqtt/properties.ts';
import { countOf, type FieldWalk, type Said, WalkEnd } from './fieldWalk.ts';
import { sayProperty } from './propertyMeanings.ts';
import { shownBytes, shownString } from './shownValue.ts';

/** Property Length and what it spans. */
export function walkProperties(walk: FieldWalk, place: PropertyPlace): void {
  walk.group(place === 'will' ? 'Will Properties' : 'Properties', () => {
    const length = walk.variableByteInteger('Property Length', (value) => ({
      value: String(value),
      ...(value === 0 && { meaning: 'No properties.' }),
      ...(value > walk.remaining && { meaning: 'More than is left of the packet.' }),
    }));
    if (length > walk.remaining) throw new WalkEnd('the Property Length goes beyond the packet');
    let count = 0;
    walk.within(length, () => {
      while (walk.remaining > 0) {
        walkProperty(walk, place);
        count++;
      }
    });
    return { value: count === 0 ? 'none' : count === 1 ? '1 property' : `${count} properties` };
  });
}

function walkProperty(walk: FieldWalk, place: PropertyPlace): void {
  const definition = definitionOfId[peekIdentifier(walk)];
  walk.group(definition?.title ?? 'Unknown property', () => {
    walk.variableByteInteger('Identifier', (id) => sayIdentifier(id, definition, place));
    if (definition === undefined) throw new WalkEnd('the type of an unknown property is not known');
    return walkValue(walk, definition);
  });
}

/** All identifiers there are have one byte. */
function peekIdentifier(walk: FieldWalk): number {
  return walk.bytes[walk.offset] ?? 0; // 0 is the identifier of none
}

function sayIdentifier(id: number, definition: PropertyDefinition | undefined, place: PropertyPlace): Said {
  const value = `0x${hexByte(id)}`;
  if (definition === undefined) return { value, meaning: 'The standard has no such property.' };
  if (definition.places.includes(place)) return { value: `${value} (${definition.title})` };
  return { value: `${value} (${definition.title})`, meaning: `It may not be in ${describePlace(place)}.` };
}

/** Writes the value down, and says what it is of the property as a whole. */
function walkValue(walk: FieldWalk, definition: PropertyDefinition): Said {
  const start = walk.offset;
  switch (definition.type) {
    case 'byte':
      return sayProperty(definition, walk.byte('Value'));
    case 'twoByteInteger':
      return sayProperty(definition, walk.twoByteInteger('Value'));
    case 'fourByteInteger':
      return sayProperty(definition, walk.fourByteInteger('Value'));
    case 'variableByteInteger':
      return sayProperty(definition, walk.variableByteInteger('Value'));
    case 'utf8String':
      return { value: shownString(walk.utf8String('Value')) };
    case 'utf8StringPair': {
      const name = walk.utf8String('Name');
      return { value: `${shownString(name)}: ${shownString(walk.utf8String('Value'))}` };
    }
    case 'binaryData': {
      // What a client proves itself with is not for a screen that others look at.
      const isSecret = definition.name === 'authenticationData';
      walk.binaryData('Value', isSecret);
      return {
        value: isSecret
          ? `${countOf(walk.offset - start - 2, 'byte')}, not shown`
          : shownBytes(walk.bytes, start + 2, walk.offset),
      };
    }
  }
}
