// The function of a frame without what the compiler numbers anew in each build: lambdas, closures, proxies, generics.
import type { StackRuntime } from './stack-sections.ts';

type Replacement = readonly [pattern: RegExp, replacement: string];

const javascript: readonly Replacement[] = [
  [/^(?:async\*?|new|get|set|static) ?(?=\S)(?<=[ *])/, ''],
  [/ \[as [^\]]*\]$/, ''],
  [/^bound /, ''],
  [/^(?:Object|Module|exports|Function|process)\.(?=.)/, ''],
  [/(?:\/<|<)+$/, ''],
  [/(?:^|\.)(?:<anonymous>|anonymous|eval|eval code|module code|global code|\?)$/, ''],
];

const replacements: Readonly<Record<StackRuntime['name'], readonly Replacement[]>> = {
  v8: javascript,
  gecko: javascript,
  java: [
    [/\$\$Lambda(?:[$/][^.]*)*/, '.<lambda>'],
    [/lambda\$[\w$]*$/, '<lambda>'],
    [/\$\$(?:\w*CGLIB|EnhancerBy\w+|FastClassBy\w+)\$\$[0-9a-f]*/g, ''],
    [/_\$\$_(?:jvst|javassist)[0-9a-f_]*/, ''],
    [/(Generated(?:Method|Constructor|SerializationConstructor)Accessor)\d+/, '$1'],
    [/\$Proxy\d+/, '$Proxy'],
    [/\$(?:anonfun\$)?\d+/g, '$'],
    [/\/0x[0-9a-f]+/, ''],
    [/__\d+/g, ''],
  ],
  python: [],
  go: [
    [/\[\.{3}\]/g, ''],
    [/\.func\d+(?:\.\d+)*/g, '.func'],
    [/\.gowrap\d+/, ''],
  ],
  dotnet: [
    [/`\d+/g, ''],
    [/\[[^\]]*\]+/g, ''],
    [/[.+]<>c(?:__DisplayClass\d+_\d+)?(?:<[^>]*>)?/, ''],
    [/<([^<>]*)>b__[\d_]*/, '$1.<lambda>'],
    [/<[^<>]*>g__(\w+)\|[\d_]*/, '$1'],
    [/[.+]?<([^<>]+)>d(?:__\d+)?\.MoveNext$/, '.$1'],
  ],
  ruby: [
    [/^(?:(?:block(?: \(\d+ levels\))?|rescue|ensure) in )+/, ''],
    [/__{1,2}\d+_\d+$/, ''],
    [/^(?!<).*[#.](?=[^#.]+$)/, ''],
  ],
  php: [
    [/class@anonymous.*?(?=->|::|$)/, 'class@anonymous'],
    [/(\{closure:.*):\d+\}/, '$1}'],
  ],
  rust: [
    [/::h[0-9a-f]{16}$/, ''],
    [/<(.+) as .+>::/, '$1::'],
    [/(?:::)?<[^{}]*>/, ''],
  ],
};

export function normaliseFunction(func: string, runtime: StackRuntime['name']): string {
  let name = func.trim();
  for (const [pattern, replacement] of replacements[runtime]) name = name.replace(pattern, replacement);
  return name;
}
