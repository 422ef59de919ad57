// A line that is worked off one by one, in which companies take turns: a flood of one does not hold up another.

export interface FairLine<Item> {
  add(items: readonly Item[]): void;
  /** With the one that is worked on. */
  waiting(): readonly Item[];
  idle(): Promise<void>;
}

interface LineParts<Item> {
  readonly companyOf: (item: Item) => number;
  /** Never throws. */
  readonly work: (item: Item) => Promise<void>;
  readonly signal: AbortSignal;
}

export function createFairLine<Item>({ companyOf, work, signal }: LineParts<Item>): FairLine<Item> {
  /** By company; the first is next. */
  const lines = new Map<number, Item[]>();
  let current: Item | undefined;
  let isWorking = false;
  let working: Promise<void> = Promise.resolve();

  /** The oldest of the company that was served longest ago. */
  function next(): Item | undefined {
    const [first] = lines;
    if (first === undefined) return undefined;
    const [company, line] = first;
    const item = line.shift();
    lines.delete(company);
    if (line.length > 0) lines.set(company, line);
    return item;
  }

  async function workOff(): Promise<void> {
    for (current = next(); current !== undefined && !signal.aborted; current = next()) await work(current);
    isWorking = false;
  }

  return {
    add: (items) => {
      for (const item of items) {
        const line = lines.get(companyOf(item));
        if (line === undefined) lines.set(companyOf(item), [item]);
        else line.push(item);
      }
      if (isWorking) return;
      isWorking = true;
      working = workOff();
    },
    waiting: () => [...(current === undefined ? [] : [current]), ...[...lines.values()].flat()],
    idle: () => working,
  };
}
