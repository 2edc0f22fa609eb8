import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { certify } from '../../certs/certify.js';
import { openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import type { TestConsole, Visitor } from '../harness/console.js';
import type { TestHub } from '../harness/hub.js';
import { sendBoxes } from './repeated-fields.js';
import { filled } from './ruling-answers.js';

const veiligThuis = 'veilig-thuis-noorderwaard';

/** A hub in which every room has something to show: cases, refusals, what is stuck and late, and what waits for a second person. Gives the addresses only an act leads to. */
export const furnish = async (hub: TestHub, desk: TestConsole): Promise<readonly string[]> => {
  const consulted = await traffic(hub);
  const [colleague, clerk, worker, officer, operator, integrator] = await Promise.all([
    desk.as('municipality-officer', oin.waterveen, { account: 'twee' }), desk.as('court-clerk', oin.court), desk.as('case-worker', oin.veiligThuis),
    desk.as('privacy-officer', oin.waterveen), desk.as('operator', null), desk.as('integrator', oin.veiligThuis),
  ]);
  const ruling = openSituation(hub);
  await ruling.send('huisverbod.opgelegd', 'waterveen');
  const request = await ruling.send('voorziening.verzocht', 'court');
  const draft = await clerk.send(await clerk.get(`/uitspraken/toevoegen?bij=${request.id}`), '/uitspraken/toevoegen', filled(ruling.start));
  await proposal(desk, colleague);
  const samples = await officer.get('/steekproef');
  await officer.send(samples, '/steekproef', { periode: /<option value="([^"]+)"/.exec(samples.html)?.[1] ?? '' });
  const search = await officer.send(await officer.get('/verstrekkingen/zoek'), '/verstrekkingen/zoek', { doel: 'avg.inzage', op: 'bsn', bsn: '999990019' });
  await officer.send(await officer.get('/rapporten'), '/rapporten/register', {});
  await reported(officer);
  const key = await operator.send(await operator.get('/certificaten'), '/certificaten/sleutels', { rol: 'sign' });
  const acceptance = await operator.send(await operator.get(`/partijen/${veiligThuis}`), `/partijen/${veiligThuis}/aansluitproef`, {});
  const test = await operator.send(await operator.get('/partijen/gemeente-waterveen'), '/partijen/gemeente-waterveen/proefbericht', {});
  const again = '/leveringen/opnieuw?status=vastgelopen&periode=alles';
  const run = await operator.send(await operator.get(again), again, { reden: 'De server is hersteld.' });
  await integrator.send(await integrator.get('/aansluiten/sleutels'), '/aansluiten/sleutels/certificaten', { certificaat: new Blob([await certificate(hub)]) });
  await integrator.send(await integrator.get('/aansluiten/adres'), '/aansluiten/adres', { soort: 'feed', url: '', inhoud: 'thin', adres: '', waarom: 'Wij lezen liever zelf.' });
  const own = await integrator.send(await integrator.get('/aansluiten/proefbericht'), '/aansluiten/proefbericht/sturen', {});
  await stuck(hub);
  const consultation = new RegExp(`href="(/zaakmeldingen/[0-9a-f-]{36})"[^>]*>${consulted}<`).exec((await worker.get('/zaakmeldingen')).html)?.[1] ?? '';
  return [draft.at, search.at, key.at, acceptance.at, test.at, own.at, run.at, `${consultation}/antwoord`, '/aansluiten/proefbericht/handtekening'];
};

/** Gives the number of a case about which Veilig Thuis is consulted. */
const traffic = async (hub: TestHub): Promise<string> => {
  const whole = openSituation(hub);
  await whole.send('rihg.afgerond', 'hovj1');
  await whole.send('huisverbod.opgelegd', 'waterveen');
  await whole.send('raadsman.gewenst', 'waterveen');
  const consulted = openSituation(hub);
  await consulted.post('overleg.gevraagd', 'waterveen');
  await openSituation(hub, '9903').post('huisverbod.opgelegd', 'berkenrade');
  await hub.settle();
  await stuck(hub);
  return consulted.number;
};

/** A ban of which Veilig Thuis does not take the message. */
const stuck = async (hub: TestHub): Promise<void> => {
  hub.behave(veiligThuis, '5xx');
  await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
  hub.behave(veiligThuis, 'normal');
};

const proposal = async (desk: TestConsole, visitor: Visitor): Promise<void> => {
  const page = await visitor.get('/gegevensdeling');
  const trial = await sendBoxes(desk, visitor, { page, to: '/gegevensdeling/proef', pairs: [['reden', 'Afgesproken.']], change: (ticked) => ticked.filter(([, value]) => value !== 'WTH-23') });
  await visitor.send(trial, `${trial.at.split('?')[0]}/aanbieden`, {});
};

/** Resolves when nothing is being made any more. */
const reported = async (visitor: Visitor): Promise<void> => {
  while (/in de maak/.test((await visitor.get('/rapporten')).text)) await new Promise((resolve) => setTimeout(resolve, 50));
};

const certificate = async (hub: TestHub): Promise<string> => {
  const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
  const [der = new Uint8Array()] = await certify(hub.practiceFolder, { use: 'encrypt', name: 'Veilig Thuis Noorderwaard', address: 'huisverbod@veiligthuis.example', hosts: [], publicKey }, hub.now());
  return new X509Certificate(der).toString();
};
