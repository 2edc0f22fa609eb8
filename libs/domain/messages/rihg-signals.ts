/** One of the 79 facts of the annex, in our own short wording. `special` marks criminal or special-category facts (AVG art. 9, 10). */
export interface RiskItem {
  readonly text: string;
  readonly special: boolean;
}

/** One of the 20 signals of the RiHG. */
export interface RiskSignal {
  readonly code: string;
  readonly part: 'persoon' | 'incident' | 'leefomstandigheden';
  readonly title: string;
  readonly items: readonly RiskItem[];
}

const signal = (code: string, part: RiskSignal['part'], title: string, ...texts: readonly string[]): RiskSignal => ({
  code, part, title,
  items: texts.map((text) => text.startsWith('*') ? { text: text.slice(1), special: true } : { text, special: false }),
});

/** The parts of the instrument, in its order. */
export const riskParts = ['persoon', 'incident', 'leefomstandigheden'] as const;

/** The 20 signals and 79 items of the annex to the Besluit tijdelijk huisverbod, in its order; `*` marks special facts. */
export const riskSignals: readonly RiskSignal[] = [
  signal('1a', 'persoon', 'Antecedenten en incidenten',
    '*Geweldsdelicten', '*Zedendelicten', '*Wapendelicten', '*Andere registraties en mutaties'),
  signal('1b', 'persoon', 'Aanspreekbaarheid',
    'Totaal in de war', 'Apathisch, gesloten', 'Gewelddadig, onbeheersbaar', 'Extreem jaloers', '*Dreigt met of pleegt zelfbeschadiging'),
  signal('1c', 'persoon', 'Riskante gewoonten',
    '*Verslaafd aan of overmatig gebruik van alcohol', '*Gebruikt softdrugs', '*Gebruikt harddrugs', '*Is of was in behandeling',
    'Nu zwaar onder invloed van alcohol', 'Nu onder invloed van drugs'),
  signal('2a', 'incident', 'Bedreiging',
    'Verbaal', 'Met lichamelijk geweld', 'Met een wapen', 'Met de dood'),
  signal('2b', 'incident', 'Psychisch geweld',
    'Druk via kinderen of huisgenoten', 'Mishandelt of bedreigt huisdieren', 'Vernielt eigendommen', 'Vernedert of dwingt'),
  signal('2c', 'incident', 'Lichamelijk geweld',
    'Duwen, schoppen, slaan, aan de haren trekken', 'Zware kneuzingen, brandwonden, botbreuken', 'Verwonding met een wapen', 'Verwurging'),
  signal('2d', 'incident', 'Seksueel geweld',
    '*Verkrachting of aanranding', '*Gedwongen seks of prostitutie', '*(Vermoeden van) seksueel misbruik van een kind'),
  signal('2e', 'incident', 'Zware intimidatie',
    'Geweld is willekeurig', '(Dreiging van) plotselinge extreme uitbarsting', 'Zwaar lichamelijk geweld', 'Slachtoffer kan zich niet verweren'),
  signal('2f', 'incident', 'Geweldsontwikkeling',
    'Geweld werd ernstiger', 'Geweld kwam vaker voor'),
  signal('2g', 'incident', 'Wapens',
    'Bezit een vuurwapen', 'Heeft een wapenvergunning', 'Gebruik van slag-, steek- of (nep)vuurwapen', 'Gebruik van gelegenheidswapens'),
  signal('2h', 'incident', 'Gevaarsniveau van het wapengebruik',
    'Dreigen', 'Gooien', 'Rechtstreeks verwonden', 'Bedoeld om te verwonden'),
  signal('2i', 'incident', 'Aanwezigheid van kinderen',
    'Getuige', 'Apathisch, huilend of geschrokken', 'Geweld tegen het kind', 'Kind gewond', '*Ondertoezichtstelling of andere kinderbeschermingsmaatregel'),
  signal('2j', 'incident', 'Geweldsverwachting',
    'Slachtoffer vreest nieuw geweld'),
  signal('2k', 'incident', 'Rechtvaardiging achteraf',
    'Spijt, met oorzaken buiten zichzelf', 'Ontkent of kleineert', 'Rechtvaardigt'),
  signal('3a', 'leefomstandigheden', 'Werk',
    '(Langdurig) werkloos', '(Dreigend) ontslag', 'Problemen met de uitkering', 'Spanningen op het werk'),
  signal('3b', 'leefomstandigheden', 'Financieel',
    'Schulden', 'Kan niet rondkomen', 'Vermoeden van gokken'),
  signal('3c', 'leefomstandigheden', 'Familie en relatie',
    'Kinderen uit een eerdere relatie', 'Zwangerschap niet aanvaard', 'Opvoeding', 'Gedrag van kinderen', 'Echtscheiding', 'Anders', 'Verblijfsvergunning'),
  signal('3d', 'leefomstandigheden', 'Isolement: vriendenkring',
    '*Contacten alleen in eigen cultuur of religie', 'Contacten alleen via de betrokkene', 'Betrokkene verbiedt contacten'),
  signal('3e', 'leefomstandigheden', 'Isolement: rollenpatroon',
    'Beheert geld en paspoort', 'Slachtoffer heeft niets te zeggen', 'Slachtoffer komt nauwelijks buiten'),
  signal('3f', 'leefomstandigheden', 'Isolement: onaangepast gezin',
    'Geen contact', 'Geschillen met ruzie of geweld', 'Ruzies', '*Antecedenten van het slachtoffer', '*Antecedenten van familie', '*Middelengebruik'),
];

/** Code of every item, `1a.1` to `3f.6`. */
export const riskItemCodes: readonly string[] = riskSignals.flatMap((of) => of.items.map((_, index) => `${of.code}.${index + 1}`));
