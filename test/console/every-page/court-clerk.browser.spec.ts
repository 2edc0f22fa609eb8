import { describePages } from './every-page.js';

describePages('court-clerk');
