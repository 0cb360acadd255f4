import { MemoryPersistence } from '../../../src/persistence/memoryPersistence.ts';
import { testPersistence } from '../../suites/persistence.ts';

testPersistence('in memory', () => {
  const persistence = new MemoryPersistence();
  return () => persistence;
});
