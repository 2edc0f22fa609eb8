export { openErasedList, type ErasedLine, type ErasedList } from './erased-list.js';
export { missingOpenings, openingStates, type OpeningState } from './opening-state.js';
export { replayErased, type Replayed } from './replay.js';
export { destructionStore } from './destruction.js';
export { erasureStore } from './erase-subject.js';
export { exportSource, type ExportPlace } from './export-source.js';
export { holdStore } from './holds.js';
