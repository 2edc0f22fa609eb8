import { describePages } from './every-page.js';

describePages('municipality-officer');
