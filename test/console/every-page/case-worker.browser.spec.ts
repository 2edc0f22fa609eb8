import { describePages } from './every-page.js';

describePages('case-worker');
