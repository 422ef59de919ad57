// What probes found. Facts are flat, `<probe id>.<name>`, so that conditions and references name them the same way.

export type FactValue = string | number | boolean;
export type Facts = Readonly<Record<string, FactValue>>;
