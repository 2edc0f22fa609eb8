// All that pages do in the browser; every one of them works without it, but for what follows by itself.

document.documentElement.classList.remove('no-script');

declare global {
  interface Window {
    readonly trustedTypes?: { readonly createPolicy: (name: string, rules: { readonly createHTML: (markup: string) => string }) => { readonly createHTML: (markup: string) => string } };
  }
}

// Used for pieces of pages only, which our server wrote and escaped, and which came from this very address.
const policy = window.trustedTypes?.createPolicy('ketensluis', { createHTML: (markup) => markup }) ?? { createHTML: (markup: string) => markup };

/** Pieces that follow by themselves: `data-live` names where they come from. The announcement for screen readers is the server's own. */
for (const place of document.querySelectorAll<HTMLElement>('[data-live]')) {
  const source = new EventSource(place.dataset['live'] ?? '');
  source.addEventListener('piece', (event: MessageEvent<string>) => {
    const held = place.contains(document.activeElement) ? document.activeElement?.id : undefined;
    place.innerHTML = policy.createHTML(event.data);
    if (held !== undefined && held !== '') document.getElementById(held)?.focus();
  });
  source.addEventListener('end', () => source.close());
  window.addEventListener('pagehide', () => source.close());
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-copy], [data-check-all], [data-print]') : null;
  if (button === null) return;
  if (button.dataset['print'] !== undefined) return window.print();
  if (button.dataset['checkAll'] !== undefined) {
    for (const box of document.querySelectorAll<HTMLInputElement>(`input[type=checkbox][name="${CSS.escape(button.dataset['checkAll'])}"]`)) box.checked = true;
    return;
  }
  const before = button.textContent;
  void navigator.clipboard.writeText(button.dataset['copy'] ?? '').then(() => {
    button.textContent = button.dataset['copied'] ?? before;
    setTimeout(() => (button.textContent = before), 2_000);
  });
});

/** A form is sent once; the server takes it once anyway, this shows it. */
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== 'post') return;
  if (form.dataset['sent'] !== undefined) return event.preventDefault();
  form.dataset['sent'] = 'yes';
});
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sent]')) delete form.dataset['sent'];
});

/** `/` to the search field, `g` and a letter to a room; off for who switched it off (WCAG 2.2, 2.1.4). */
let wentAt = 0;
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem('toetsen') === 'uit') return;
  if (event.target instanceof HTMLElement && event.target.closest('input, select, textarea, [contenteditable]') !== null) return;
  if (event.key === '/') {
    const search = document.querySelector<HTMLInputElement>('main input[type=search]');
    if (search !== null) event.preventDefault();
    search?.focus();
  } else if (event.key === 'g') wentAt = event.timeStamp;
  else if (event.timeStamp - wentAt < 1_500) {
    wentAt = 0;
    document.querySelector<HTMLAnchorElement>(`.menu a[data-key="${CSS.escape(event.key)}"]`)?.click();
  }
});
for (const box of document.querySelectorAll<HTMLInputElement>('input[data-keys]')) {
  box.checked = localStorage.getItem('toetsen') !== 'uit';
  box.addEventListener('change', () => localStorage.setItem('toetsen', box.checked ? 'aan' : 'uit'));
}

export {};
