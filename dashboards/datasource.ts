// The data sources that the dashboards and alerts ask. provisioning/datasources/ makes them.

export const CLICKHOUSE = { name: 'Errata', type: 'grafana-clickhouse-datasource', uid: 'errata-clickhouse' } as const;

/** Only for the part of the Pipeline dashboard that is in no table. */
export const PROMETHEUS = { name: 'Prometheus', type: 'prometheus' } as const;
