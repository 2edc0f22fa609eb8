/** The same words for people in both languages of the hub. */
export interface Label {
  readonly nl: string;
  readonly en: string;
}
