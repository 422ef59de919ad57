// OTLP/JSON requests, one item each, as an SDK would send them. `name` is the span's name or the log's body.
const resource = { attributes: [text('service.name', 'checkout')] };

interface SpanSample {
  readonly status?: number;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly event?: { readonly name: string; readonly attributes: Readonly<Record<string, string>> };
}

export function spans(samples: Readonly<Record<string, SpanSample>>): unknown {
  return {
    resourceSpans: [
      {
        resource,
        scopeSpans: [
          {
            scope: { name: 'test' },
            spans: Object.entries(samples).map(([name, sample]) => ({
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              name,
              kind: 2,
              startTimeUnixNano: '1764000000000000000',
              endTimeUnixNano: '1764000001000000000',
              attributes: attributes(sample.attributes ?? {}),
              status: { code: sample.status ?? 0 },
              events:
                sample.event === undefined
                  ? []
                  : [
                      {
                        name: sample.event.name,
                        timeUnixNano: '1764000000500000000',
                        attributes: attributes(sample.event.attributes),
                      },
                    ],
            })),
          },
        ],
      },
    ],
  };
}

interface LogSample {
  readonly severity?: number;
  readonly severityText?: string;
  readonly eventName?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function logs(samples: Readonly<Record<string, LogSample>>): unknown {
  return {
    resourceLogs: [
      {
        resource,
        scopeLogs: [
          {
            scope: { name: 'test' },
            logRecords: Object.entries(samples).map(([body, sample]) => ({
              timeUnixNano: '1764000000000000000',
              severityNumber: sample.severity ?? 0,
              severityText: sample.severityText ?? '',
              eventName: sample.eventName ?? '',
              body: { stringValue: body },
              attributes: attributes(sample.attributes ?? {}),
            })),
          },
        ],
      },
    ],
  };
}

function attributes(record: Readonly<Record<string, string>>): readonly unknown[] {
  return Object.entries(record).map(([key, value]) => text(key, value));
}

function text(key: string, value: string): unknown {
  return { key, value: { stringValue: value } };
}
