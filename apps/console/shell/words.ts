import { bilingual } from './language.js';

/** Words of the frame around every page. */
export const shellWords = bilingual(
  {
    skip: 'Naar de inhoud', practice: 'OEFENOMGEVING', menu: 'Menu', account: 'Uw account', signOut: 'Afmelden', signOutEverywhere: 'Overal afmelden', signIn: 'Aanmelden', ownMail: 'Mail van Ketensluis',
    other: 'English', otherTitle: 'Toon deze pagina in het Engels', help: 'Hulp', accessibility: 'Toegankelijkheid', home: 'Begin', trail: 'Kruimelpad',
    worksFor: (party: string) => `voor ${party}`, updated: (time: string) => `Bijgewerkt ${time}`, refresh: 'Ververs',
    faultTitle: (title: string) => `Fout: ${title}`, faults: 'Er gaat iets niet goed', faultsNext: 'Verbeter dit en verstuur opnieuw. Wat u invulde staat er nog.',
    next: 'Volgende', previous: 'Vorige', page: (number: number, of: number) => `Pagina ${number} van ${of}`, csv: 'CSV', all: 'Alle', apply: 'Toepassen', clear: 'Filters wissen',
    asTable: 'Toon als tabel', copy: 'Kopieer', copied: 'Gekopieerd', required: 'verplicht', optional: 'niet verplicht', print: 'Afdrukken', chooseFile: 'Kies een bestand',
    waiting: 'wacht op u', waitingAs: { cases: 'te laat', terms: 'te laat of binnen 2 dagen' }, explain: 'Uitleg bij deze melding', scroll: 'Tabel, schuift opzij',
    nothing: 'Deze pagina is er niet', nothingBody: 'De pagina bestaat niet, of hij is niet voor u. Wij zeggen niet welke van de twee: ook dat kan iets over iemand verraden.',
    nothingNext: 'Hoort u hier te kunnen? Vraag de beheerder van uw organisatie welke rol u heeft.',
    denied: 'U kunt hier niet in', deniedBody: (roles: string) => `Deze pagina is voor: ${roles}. U bent aangemeld met een andere rol.`, deniedNext: 'Klopt dat niet? Vraag de beheerder van uw organisatie om de rol.',
    stale: 'Dit formulier is verlopen', staleBody: 'Het formulier hoort bij een eerdere aanmelding. Er is niets gedaan.', staleNext: 'Open de pagina opnieuw en vul het nog eens in.',
    large: 'Dit is te groot', largeBody: 'Wat u verstuurde is groter dan hier kan. Er is niets gedaan.',
    slow: 'Dit kwam te langzaam', slowBody: 'Wat u verstuurde kwam te langzaam binnen. Wij hebben het afgebroken. Er is niets gedaan. Verstuur het opnieuw over een snellere verbinding.',
    broken: 'Het lukt nu niet', brokenBody: 'Er is iets misgegaan bij ons. Wat u eerder deed is bewaard; wat u net verstuurde is niet gedaan.', brokenNext: 'Probeer het over een paar minuten nog eens. Blijft het misgaan, geef dan dit kenmerk door:',
    away: 'De database is niet bereikbaar', awayBody: 'U blijft aangemeld. Wat u eerder deed is bewaard; wat u net verstuurde is misschien niet gedaan: kijk dat straks na. Berichten die binnenkomen worden nu niet aangenomen; de afzender biedt ze vanzelf opnieuw aan. Er gaat niets verloren.', awayNext: 'Probeer het over een minuut opnieuw.',
    underWay: 'Dit wordt al gedaan', underWayBody: 'U verstuurde dit formulier twee keer. De eerste keer is nog bezig.', tooMany: 'Even wachten', tooManyBody: 'Er komen te veel verzoeken van uw computer. Probeer het over een minuut opnieuw.',
    roles: {
      'case-worker': 'Veilig Thuis', 'court-clerk': 'Griffie', 'municipality-officer': 'Gemeente', 'privacy-officer': 'Functionaris gegevensbescherming', operator: 'Beheerder van de hub', integrator: 'Aansluiten',
    },
    rooms: {
      notices: 'Zaakmeldingen', rulings: 'Uitspraken', sharing: 'Gegevensdeling', agreements: 'Overeenkomsten', cases: 'Zaken', monitor: 'Monitor', mandates: 'Mandaten', approvals: 'Ter goedkeuring',
      disclosures: 'Verstrekkingen', matrix: 'Wie deelt wat', access: 'Toegang', sample: 'Steekproef', reports: 'Rapporten',
      deliveries: 'Leveringen', stuck: 'Vastgelopen', terms: 'Termijnen', certificates: 'Certificaten', parties: 'Partijen', checks: 'Controlelijst', connect: 'Aansluiten', catalogue: 'Berichtsoorten', ownLog: 'Eigen log', tester: 'Proefbericht', practice: 'Oefenen',
    },
  },
  {
    skip: 'To the content', practice: 'PRACTICE', menu: 'Menu', account: 'Your account', signOut: 'Sign out', signOutEverywhere: 'Sign out everywhere', signIn: 'Sign in', ownMail: 'Mail from Ketensluis',
    other: 'Nederlands', otherTitle: 'Show this page in Dutch', help: 'Help', accessibility: 'Accessibility', home: 'Start', trail: 'Breadcrumbs',
    worksFor: (party) => `for ${party}`, updated: (time) => `Updated ${time}`, refresh: 'Refresh',
    faultTitle: (title) => `Error: ${title}`, faults: 'Something is not right', faultsNext: 'Mend this and send it again. What you filled in is still there.',
    next: 'Next', previous: 'Previous', page: (number, of) => `Page ${number} of ${of}`, csv: 'CSV', all: 'All', apply: 'Apply', clear: 'Clear filters',
    asTable: 'Show as a table', copy: 'Copy', copied: 'Copied', required: 'required', optional: 'optional', print: 'Print', chooseFile: 'Choose a file',
    waiting: 'waits for you', waitingAs: { cases: 'late', terms: 'late or within 2 days' }, explain: 'More about this message', scroll: 'Table, scrolls sideways',
    nothing: 'This page is not there', nothingBody: 'The page does not exist, or it is not for you. We do not say which: even that can give somebody away.',
    nothingNext: 'Should you be able to come here? Ask the administrator of your organisation which role you have.',
    denied: 'You cannot come in here', deniedBody: (roles) => `This page is for: ${roles}. You are signed in with another role.`, deniedNext: 'Is that wrong? Ask the administrator of your organisation for the role.',
    stale: 'This form has expired', staleBody: 'The form belongs to an earlier session. Nothing was done.', staleNext: 'Open the page again and fill it in once more.',
    large: 'This is too large', largeBody: 'What you sent is larger than can be taken here. Nothing was done.',
    slow: 'This came too slowly', slowBody: 'What you sent came in too slowly, and we broke it off. Nothing was done. Send it again over a faster connection.',
    broken: 'This does not work now', brokenBody: 'Something went wrong on our side. What you did before is kept; what you just sent was not done.', brokenNext: 'Try again in a few minutes. If it keeps going wrong, pass on this reference:',
    away: 'The database cannot be reached', awayBody: 'You stay signed in. What you did before is kept; what you just sent may not have been done: look at that later. Messages that come in are not accepted now; their senders offer them again by themselves. Nothing is lost.', awayNext: 'Try again in a minute.',
    underWay: 'This is being done already', underWayBody: 'You sent this form twice. The first time is still under way.', tooMany: 'Please wait', tooManyBody: 'Too many requests come from your computer. Try again in a minute.',
    roles: {
      'case-worker': 'Veilig Thuis', 'court-clerk': 'Court registry', 'municipality-officer': 'Municipality', 'privacy-officer': 'Privacy officer', operator: 'Operator of the hub', integrator: 'Connecting',
    },
    rooms: {
      notices: 'Case notices', rulings: 'Rulings', sharing: 'Data sharing', agreements: 'Agreements', cases: 'Cases', monitor: 'Monitor', mandates: 'Mandates', approvals: 'For approval',
      disclosures: 'Disclosures', matrix: 'Who shares what', access: 'Access', sample: 'Sample', reports: 'Reports',
      deliveries: 'Deliveries', stuck: 'Stuck', terms: 'Terms', certificates: 'Certificates', parties: 'Parties', checks: 'Checklist', connect: 'Connect', catalogue: 'Message types', ownLog: 'Own log', tester: 'Test message', practice: 'Practice',
    },
  },
);

/** Name of a room in the menu. */
export type RoomName = keyof ReturnType<typeof shellWords>['rooms'];
