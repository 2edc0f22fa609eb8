const minuteMs = 60_000;

/** The smallest file that is a PDF by its head. */
export const pdf = new Blob(['%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n'], { type: 'application/pdf' });

const parts = (at: Date): Readonly<Record<string, string>> =>
  Object.fromEntries(new Intl.DateTimeFormat('nl-NL', { timeZone: 'Europe/Amsterdam', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).formatToParts(at).map(({ type, value }) => [type, value]));

/** A day and a time as the form asks for them. */
export const dayAndTime = (name: string, at: Date): Readonly<Record<string, string>> => {
  const { year, month, day, hour, minute } = parts(at);
  return { [`${name}dag`]: `${day}-${month}-${year}`, [`${name}tijd`]: `${hour}:${minute}` };
};

/** A ruling that refuses the relief, on the moments of the story: asked an hour and a half after the ban, heard after two hours, ruled ten minutes later. */
export const filled = (start: Date): Readonly<Record<string, string | Blob>> => {
  const after = (minutes: number): Date => new Date(start.getTime() + minutes * minuteMs);
  return {
    soort: 'uitspraak.voorziening', zaaknummer: 'NWD 26/1001', dictum: 'afgewezen', gevolg: 'blijft', ...dayAndTime('uitspraak', after(130)), ...dayAndTime('verzoek', after(90)), ...dayAndTime('zitting', after(120)),
    dagtekening: dayAndTime('x', after(130))['xdag'] ?? '', wijze: 'video', mondeling: 'ja', ecli: '', werkingdag: '', werkingtijd: '', document: pdf,
  };
};
