import { describePages } from './every-page.js';

describePages('privacy-officer');
