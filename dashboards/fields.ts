// How values look and where they lead, the same in every panel.
import type { DynamicConfigValue, Threshold } from '@grafana/grafana-foundation-sdk/dashboard';

const SEVERITY_COLORS = { critical: 'dark-red', error: 'red', warning: 'orange', info: 'blue' } as const;

const OUTCOME_COLORS = {
  succeeded: 'green',
  self_healed: 'light-green',
  stored: 'green',
  duplicate: 'light-green',
  folded: 'blue',
  rejected: 'red',
  limited: 'orange',
  oversized: 'dark-orange',
  ineffective: 'orange',
  failed: 'red',
  worse: 'dark-red',
  relapsed: 'dark-orange',
  suppressed: 'super-light-blue',
} as const;

/** Of series by their name: a severity is as red in one chart as in the next. */
export const COLORS: Readonly<Record<string, readonly DynamicConfigValue[]>> = Object.fromEntries(
  Object.entries({ ...SEVERITY_COLORS, ...OUTCOME_COLORS }).map(([name, color]) => [
    name,
    [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }],
  ]),
);

/** Good below, bad from the values on. */
export function risingIsBad(warnFrom: number, badFrom: number): readonly Threshold[] {
  return [
    { value: null, color: 'green' },
    { value: warnFrom, color: 'orange' },
    { value: badFrom, color: 'red' },
  ];
}

/** Bad below, good from the values on. */
export function risingIsGood(warnFrom: number, goodFrom: number): readonly Threshold[] {
  return [
    { value: null, color: 'red' },
    { value: warnFrom, color: 'orange' },
    { value: goodFrom, color: 'green' },
  ];
}

export const width = (value: number): DynamicConfigValue => ({ id: 'custom.width', value });
export const unit = (value: string): DynamicConfigValue => ({ id: 'unit', value });
export const hidden: DynamicConfigValue = { id: 'custom.hidden', value: true };
export const whole: DynamicConfigValue = { id: 'custom.inspect', value: true };

/** A word in the colour that it has everywhere. */
export const coloured: readonly DynamicConfigValue[] = [
  { id: 'custom.cellOptions', value: { type: 'color-text' } },
  {
    id: 'mappings',
    value: [
      {
        type: 'value',
        options: Object.fromEntries(
          Object.entries({
            ...SEVERITY_COLORS,
            ...OUTCOME_COLORS,
            open: 'orange',
            regressed: 'red',
            resolved: 'green',
          }).map(([text, color], index) => [text, { text, color, index }]),
        ),
      },
    ],
  },
];

/** The cell in the colour of its threshold. */
export const judged = (thresholds: readonly Threshold[]): readonly DynamicConfigValue[] => [
  { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
  { id: 'thresholds', value: { mode: 'absolute', steps: thresholds } },
];

/** To the page of the error whose id stands in the column of that name. */
export const toError = (column: string): DynamicConfigValue =>
  links([{ title: 'Open on the admin page', url: `\${admin_url:raw}#/errors/\${__data.fields["${column}"]}` }]);

export const toFix = (column: string): DynamicConfigValue =>
  links([{ title: 'Open on the admin page', url: `\${admin_url:raw}#/fixes/\${__data.fields["${column}"]}` }]);

export const toTrace: DynamicConfigValue = links([
  {
    title: 'Errors of this trace',
    url: '/d/errata-error-feed?${company:queryparam}&var-trace=${__value.raw}&${__url_time_range}',
  },
  { title: 'Open the trace', url: '${trace_url:raw}${__value.raw}' },
]);

/** From a name to what it did, in the feed. */
export const toFeed = (variable: 'service' | 'severity'): DynamicConfigValue =>
  links([
    {
      title: 'Its errors',
      url: `/d/errata-error-feed?\${company:queryparam}&var-${variable}=\${__value.raw}&\${__url_time_range}`,
    },
  ]);

function links(of: readonly { readonly title: string; readonly url: string }[]): DynamicConfigValue {
  return { id: 'links', value: of.map((link) => ({ ...link, targetBlank: true })) };
}
