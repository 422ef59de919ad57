// Property tests take one seed, so that a red run can be repeated and a green one stays green; ERRATA_SEED tries others.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['ERRATA_SEED'] ?? 20261124) });
