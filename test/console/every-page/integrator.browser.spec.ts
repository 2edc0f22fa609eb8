import { describePages } from './every-page.js';

describePages('integrator');
